"""The forms of boilerplate lines, by category and language, as regular expressions.

Each is matched against a whole line, without regard to case. A form must not match a heading that
is likely within a release.
"""

from collections.abc import Mapping
from typing import Literal

Category = Literal[
    "notice", "other releases", "wire", "menu", "share", "contact", "footer", "footer section"
]
"""What a boilerplate line is; a line of several categories is of the first.

A "notice" is no text wherever it stands. A "wire" line is of a distributor's page, where "other
releases" heads what is below a release; a "footer section" heads a list of links or of offices.
"""

ENGLISH: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"home(?: page)?|menu|main menu|search|close|toggle navigation|open menu|show submenu.*",
        r"skip to (?:main |primary )?(?:content|navigation)|skip navigation|you are here:?.*",
        r"news(?:room)?|press|media|(?:press|news|media) (?:releases?|room|cent(?:er|re)|kit)",
        r"releases|statements?|in the news|latest news|all news|blog|events|breadcrumbs?",
        r"about(?: us)?|biography|bio|issues|legislation|services|constituent services",
        r"contact(?: us)?|serving you|resources|our district|district|careers|company|products",
        r"investors?(?: relations)?|donate|log ?in|sign ?in|subscribe|español",
        r"(?:home|news|newsroom)(?: ?[/»›>|] ?[\w .&’'-]+)+",
        r"(?:left|right|middle) column",
        r"(?:footer|main|top|secondary|site) (?:menu|navigation)|more menu",
        r"register|my account|sign ?out|log ?out|faqs?",
        r"newsletters?|podcasts?|archives?|help|feedback",
        r"advertise(?: with us)?|advertising|jobs|our (?:team|company|work)|customer service|store",
        r"business wire|globenewswire|pr newswire(?::.*)?|(?:justice|department) news",
        r"this (?:news|press) release has been archived\.?",
        r"government(?: websites?)?|media (?:advisories|advisory)|photos?|videos?|galler(?:y|ies)",
    ),
    "share": (
        r"(?:print|e-?mail|share|tweet|like|save|post)(?: this)?"
        r"(?: (?:page|article|post|release))?:?",
        r"share(?: this)?(?: (?:page|story))? ?(?:on|to|via|by) [\w ]{1,20}(?:\(opens .*\))?",
        r"share (?:this )?story:?|share (?:facebook|twitter|email)",
        r"follow|facebook|twitter|x|instagram|youtube|linkedin|whatsapp|reddit|pinterest|threads",
        r"bluesky|flickr|telegram|truth social|rss|pdf|f|t|in|e|#|bookmark|download(?: pdf)?",
        r"click to (?:share|print|email).*|copy (?:link|url)|link copied!?",
        r"\(?opens? in (?:a )?new window\)?",
        r"share(?: this)?(?: news| press)?(?: article| release)|share (?:article|release) on .*",
        r"(?:facebook|twitter|linkedin|instagram|youtube)(?:-f|-in)?(?: (?:icon|logo|page))?",
        r"(?:e-?mail|print|text)(?: this)? to a friend|flipboard|google\+|line|wechat|copy",
    ),
    "contact": (
        r"(?:for )?immediate release|for release:.*",
        r"(?:press|media|news|public affairs)? ?contacts?(?: information| info)?:?",
        r"(?:(?:press|media|public affairs|for more information),? )?"
        r"contact(?: person)?s?: .{0,120}",
        r"(?:media|press) inquiries:?(?: .{0,80})?|press office:?",
        r"(?:(?:telephone|tel|phone|ph|fax|fx|cell|mobile|office|t|p|f|m|o)[.:]? ?(?:number)?:? ?)?"
        r"[+(]?\d[\d\s().-]{6,}(?: ?(?:x|ext\.?) ?\d+)?",
        r"(?:e-?mail: ?)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:email|phone|tel|telephone|fax|mobile|cell)s?:",
        r"press officer|[\w .,]{0,40}\(media only\)",
        r"for (?:more|further|additional) information,?(?: please)? contact(?::(?: .{0,80})?)?",
        r"(?:news|press|media) enquiries:?(?: .{0,80})?|(?:media|press|investor) relations:?",
    ),
    "footer": (
        r"back to (?:top|news|press releases|newsroom|list|all \w+)|top",
        r"(?:go|return) to (?:top|news|newsroom).*",
        r"(?:previous|next|older|newer)(?: (?:article|post|story|(?:press )?release|page|news))?"
        r"(?:: .*)?",
        r"« [^»]*|[^«]* »|[‹›«»<>←→]+(?: (?:previous|next|back).*)?|permalink:?.*",
        r"read more:?|load more|(?:view|see) all(?: .{0,30})?|more",
        r"(?:all rights reserved|copyright|©|\(c\) ?\d{4}).*",
        r"privacy(?: policy| notice)?|terms(?: of (?:use|service))?|accessibility|site ?map",
        r"cookie (?:policy|settings|preferences)|(?:accept|reject|manage)(?: all)?(?: cookies)?",
        r"(?:tags?|issues?|topics?|categor(?:y|ies)|filed under|posted in|keywords?)"
        r":.{0,120}|tags|topics|categories",
        r"comments?(?: \(\d+\))?|(?:powered|website) by .{0,40}",
        r"(?:attachments?|components?|topics?|related files?|downloads?|filed in)(?:\(s\))?:?",
        r"(?:press|news|media) release (?:number|no\.?|#|id):?(?: [\w-]{1,20})?",
        r"(?:published|posted)(?: on| at)?:? (?=.{0,40}\d{4}).{4,60}",
        r"(?:last )?(?:updated|modified|reviewed)(?: on)?:? (?=.{0,36}\d).{4,40}",
        r"(?:scroll|return|jump) to top|to top|view (?:all )?comments|add a comment|read comments",
        r"(?:terms(?: (?:and|&) conditions|[ -]of[ -]sale)?|legal(?: notices?)?|foia|no fear act)",
        r"(?:your )?(?:\w+ )?privacy (?:rights|policy|notice|choices|statement)|interest based ads",
        r"do not sell.{0,40}|ad ?choices|your ad choices|(?:information|plain) (?:quality|writing)",
        r"(?:prev|next)(?:previous|next)?|(?:prev|previous) ?(?:post|story|article)?|usa\.gov",
        r"(?:browse|view|see) (?:all|more)(?: .{0,40})?|show (?:more|less)|explore|advertisement",
        r"\d{1,3} (?:shares?|views?|likes?)|(?:hide|show) comments|caption|\.{3} ?more",
    ),
    "footer section": (
        r"(?:related|recent|latest|other|similar|featured|popular|trending|upcoming|more)"
        r"(?: (?:\w+ ){0,2}(?:news|posts?|articles?|stories|releases?|content|items|links|topics"
        r"|events|reading|statements))?:?",
        r"you (?:may|might) also (?:like|be interested in):?|read next|up next",
        r"more (?:from|on|about) .{1,40}|follow (?:us|me)(?: on .*)?|connect(?: with .{1,30})?",
        r"sign up.{0,80}|subscribe.{0,60}|(?:e-?)?newsletter(?: sign-?up)?",
        r"stay (?:connected|informed|in touch|up to date)|get (?:email )?updates.{0,40}",
        r"join (?:our|the) (?:mailing|email) list.*|quick links|useful links|footer",
        r"contact info(?:rmation)?|our offices|office locations|offices",
        r"washington,? d\.?c\.? office|[\w .]{2,30} (?:district )?office",
        r"most (?:popular|read|shared|viewed|recent|watched)|editors?[’']? picks?|trending now",
        r"(?:other|recent|latest|more|related|previous|further|additional) "
        r"(?:(?:recent|press|news|media) ){0,2}"
        r"(?:news|releases?|stories|posts?|articles?|headlines)",
        r"(?:recommended|suggested)(?: (?:for you|reading|stories|articles))?",
        r"read (?:also|this next)",
        r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in)(?: .{0,30})?:?|see also:?",
        r"sponsored(?: (?:content|stories|links))?|around the web|from (?:around|across) the web",
        r"more(?: news)? (?:in|by) .{1,40}|latest .{0,30}news|in this section|sidebar",
        r"(?:recent|latest) (?:comments|tweets|updates)|join the (?:conversation|discussion)",
    ),
    "wire": (
        r"news provided by:?(?: .{1,120})?|usa - english|for journalists|send a release",
        r"\d{1,3} ?% ?more press release views with.*|request a demo|contact cision",
        r"440k\+ newsrooms.*|9k\+ digital media.*|270k\+ journalists.*|get the app",
        r"(?:pr newswire|cision|acces(?:s newswire|swire))(?:[’']s)? (?:contacts?|.{0,20}platform)",
        r"(?:become a )?publishing partner|journalists and (?:media|bloggers).*",
        r"contact data|contact author|distributed by .{1,40}|view news release full screen",
        r"visit us on social media:?|email us here|distribution channels:.*",
        r"share article on social media or email:?|view article via:?.*|print pdf|pdf print",
        r"view (?:the )?(?:source|original) (?:version|content) (?:of this .{1,40} )?on .{1,60}",
        r"to view the source version of this press release,? please visit.*",
        r"ein presswire (?:provides|does not exercise|, everyone).*|ein presswire[’']s priority.*",
    ),
    "other releases": (
        r"modal title|also from this source:?|more (?:releases|news) from (?:this source|.{1,80})",
        r"(?:other )?(?:news )?releases in (?:similar|these) topics|recommended reading",
        r"release (?:versions?|summary)|social media profiles|#?hashtags|you just read:?",
        r"(?:view|more) (?:all )?stories from this source|leave a (?:comment|reply).{0,20}",
        r"\d{1,4} (?:comments?|responses?|replies|thoughts?)(?: (?:to|on) .{1,120})?",
    ),
    "notice": (
        r"post this|tweet this|click to tweet",
        r"https?://(?:www\.)?(?:prnewswire|businesswire|globenewswire|accesswire|newsfilecorp)"
        r"\.com/\S*",
        r".{0,80}\b(?:use|uses|using)\b.{0,30}\bcookies\b.*|i agree|got it!?",
        r".*\bcookies?\b.{0,60}\b(?:consent|accept|preferences|experience)\b.*",
        r"an official website of the (?:united states|u\.s\.).*|here[’']s how you know.*",
        r".*\bofficial (?:\w+ )?websites use \.(?:gov|mil).*|.*\ba \.gov website belongs to.*",
        r"secure \.gov websites use https.*|.*\byou[’']ve safely connected to\b.*",
        r".*\bplease enable javascript\b.*|javascript (?:is|must be) .*",
        r"your browser .{0,60}(?:support|out of date|javascript).*",
        r"by (?:continuing|using) (?:to (?:use|browse) )?(?:this|our) (?:web)?site\b.*",
        r"enter your email.*|your email(?: address)?\*?|email address\*?",
        r"(?:(?:company )?logos?|photos?|videos?|infographics?|images?|multimedia|pdf)"
        r"(?: \w+)? ?[-–—:] ?https?://\S+",
        r"view original content(?: to download multimedia)?:?(?: ?https?://\S+)?",
        r"(?:photos?|multimedia|a photo|an infographic|a video)(?: accompanying this .{1,30})?"
        r" (?:is|are) available at:? ?https?://\S+",
    ),
}

SPANISH: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"inicio|men[uú](?: principal)?|buscar|b[uú]squeda|cerrar|noticias|prensa|sala de prensa",
        r"comunicados?(?: de prensa)?|notas? de prensa|bolet[ií]n de prensa|actualidad|agenda",
        r"(?:saltar|ir|pasar) al contenido(?: principal)?",
        r"est[aá] usted aqu[ií]:?.*|servicios|tr[aá]mites",
        r"qui[eé]nes somos|sobre nosotros|nosotros|empleo|iniciar sesi[oó]n|registrarse|english",
        r"(?:inicio|noticias|prensa)(?: ?[/»›>|] ?[\w .&’'-]+)+|organizaci[oó]n|transparencia",
    ),
    "share": (
        r"compartir(?: (?:en|por|v[ií]a|esta noticia|este art[ií]culo)(?: [\w ]{1,20})?)?:?",
        r"comparte(?: (?:esta noticia|en [\w ]{1,20}))?:?",
        r"imprimir|enviar(?: por (?:correo|email))?",
        r"correo(?: electr[oó]nico)?",
        r"descargar(?: (?:pdf|imagen|comunicado))?|copiar enlace|tuitear",
        r"guardar|escuchar",
    ),
    "contact": (
        r"(?:para )?(?:su )?(?:publicaci[oó]n|difusi[oó]n) inmediata",
        r"contactos?(?: (?:de|con la|para) (?:prensa|medios))?(?::(?: .{0,120})?)?",
        r"(?:tel(?:[eé]fono|f)?|m[oó]vil|fax)[.:]{0,2} ?[+(]?\d[\d\s().-]{6,}",
        r"(?:correo(?: electr[oó]nico)?|e-?mail): ?[\w.+-]+@[\w.-]+",
        r"gabinete de (?:prensa|comunicaci[oó]n)",
        r"para (?:m[aá]s|mayor) informaci[oó]n(?::(?: .{0,80})?)?",
    ),
    "footer": (
        r"volver(?: (?:arriba|atr[aá]s|al? (?:listado|inicio|noticias|portada)))?|ir arriba|subir",
        r"(?:noticia |art[ií]culo |comunicado )?(?:anterior|siguiente)(?:: .*)?",
        r"leer m[aá]s|ver m[aá]s",
        r"ver tod[oa]s(?: .{0,30})?|(?:todos los )?derechos reservados.*",
        r"aviso legal|pol[ií]tica de (?:privacidad|cookies)|accesibilidad|mapa (?:del sitio|web)",
        r"(?:etiquetas|temas|categor[ií]as?|archivado en|palabras clave):.{0,120}|etiquetas|temas",
        r"t[eé]rminos(?: y condiciones| de uso)",
        r"configuraci[oó]n de cookies|comentarios(?: \(\d+\))?",
        r"(?:[uú]ltima )?(?:actualizaci[oó]n|modificaci[oó]n):? (?=.{0,36}\d).{4,40}",
        r"protecci[oó]n de datos",
    ),
    "footer section": (
        r"(?:otras )?(?:noticias|entradas|art[ií]culos|comunicados|contenidos?) "
        r"(?:relacionad[oa]s?|recientes|destacad[oa]s|similares|anteriores)",
        r"(?:[uú]ltimas|m[aá]s|otras) (?:noticias|entradas|notas)|[uú]ltimos comunicados",
        r"(?:tambi[eé]n )?(?:te|le) puede interesar:?",
        r"lo m[aá]s (?:le[ií]do|visto)|relacionad[oa]s?:?",
        r"s[ií]guenos(?: en .{1,40})?|suscr[ií]b(?:ase|ete).{0,60}|(?:bolet[ií]n|newsletter)",
        r"redes sociales|enlaces (?:de inter[eé]s|r[aá]pidos|relacionados)|nuestras oficinas",
    ),
    "notice": (
        r".{0,80}\b(?:utiliza|utilizamos|usa|usamos)\b.{0,30}\bcookies\b.*",
        r"aceptar(?: todas)?(?: las cookies)?|rechazar(?: todas)?(?: las cookies)?",
    ),
}

GERMAN: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"startseite|men[uü]|suche|schließen|presse|aktuelles|pressemitteilung(?:en)?|über uns",
        r"zum (?:haupt)?inhalt(?: springen)?|pressebereich|karriere|anmelden|sie sind hier:?.*",
    ),
    "share": (
        r"(?:seite |artikel |beitrag )?(?:teilen|drucken|merken|versenden)"
        r"(?: (?:auf|per) [\w ]{1,20})?",
        r"als pdf (?:speichern|herunterladen)|link kopieren",
    ),
    "contact": (
        r"(?:presse-?)?kontakt(?::(?: .{0,120})?)?",
        r"pressestelle:?|ansprechpartner(?:in)?(?::.{0,80})?",
        r"zur sofortigen veröffentlichung",
        r"(?:telefon|tel|mobil|fax)[.:]{0,2} ?[+(]?\d[\d\s()./-]{6,}",
    ),
    "footer": (
        r"nach oben|zurück(?: zur (?:übersicht|startseite))?|impressum|datenschutz(?:erklärung)?",
        r"(?:vorheriger|nächster) (?:artikel|beitrag)|weiterlesen|mehr (?:lesen|erfahren)|agb",
        r"alle rechte vorbehalten.*|barrierefreiheit",
        r"schlagw[oö]rt(?:er|e):?.{0,120}|cookie-einstellungen",
    ),
    "footer section": (
        r"(?:weitere|ähnliche|verwandte|aktuelle|neueste) (?:pressemitteilungen|meldungen|artikel"
        r"|beiträge|nachrichten|themen)|das könnte sie auch interessieren:?|folgen sie uns.{0,40}",
        r"newsletter(?: abonnieren| bestellen)?|meistgelesen",
    ),
    "notice": (r".{0,80}\bverwende[nt]\b.{0,30}\bcookies\b.*|alle (?:cookies )?akzeptieren",),
}

FRENCH: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"accueil|recherche|rechercher|fermer|actualités?",
        r"presse|espace presse|communiqués?(?: de presse)?",
        r"aller au contenu(?: principal)?|vous êtes ici ?:?.*",
        r"qui sommes-nous ?\??|à propos|se connecter",
    ),
    "share": (
        r"(?:partager|imprimer|envoyer|télécharger|enregistrer)"
        r"(?: (?:cet article|sur|par|la page|le pdf)(?: [\w ]{1,20})?)?|copier le lien",
    ),
    "contact": (
        r"contacts?(?: (?:de )?presse| médias?)?(?: ?:(?: .{0,120})?)?",
        r"service de presse|relations presse",
        r"pour (?:publication|diffusion) immédiate",
        r"(?:téléphone|tél)[.:]{0,2} ?[+(]?\d[\d\s().-]{6,}",
    ),
    "footer": (
        r"(?:haut de page|retour(?: (?:en haut|à la liste|à l[’']accueil|aux .{1,20}))?)",
        r"(?:article )?(?:précédent|suivant)|lire la suite",
        r"en savoir plus|voir (?:tout|plus)|accessibilité",
        r"mentions légales|politique de confidentialité|plan du site|tous droits réservés.*",
        r"(?:mots[- ]clés|catégories?|thèmes?) ?:?.{0,80}|gestion des cookies",
    ),
    "footer section": (
        r"(?:articles|communiqués|actualités|contenus) (?:liés|similaires|récents|associés)",
        r"(?:à lire aussi|sur le même sujet|dernières actualités) ?:?",
        r"autres (?:actualités|communiqués) ?:?",
        r"suivez-nous.{0,40}|(?:abonnez-vous|s[’']abonner).{0,60}",
    ),
    "notice": (r".{0,80}\butilise(?:nt|z|ns)?\b.{0,30}\bcookies\b.*|tout (?:accepter|refuser)",),
}

PORTUGUESE: Mapping[Category, tuple[str, ...]] = {
    "menu": (
        r"início|página inicial|pesquisar|fechar|notícias",
        r"imprensa|sala de imprensa|quem somos|entrar",
        r"comunicados?(?: de imprensa)?",
        r"ir para o conteúdo(?: principal)?|você está aqui:?.*|vídeos",
    ),
    "share": (
        r"(?:compartilh(?:ar|e)|partilhar|imprimir|enviar|salvar|baixar)"
        r"(?: (?:no|na|por|via|esta? (?:notícia|página))(?: [\w ]{1,20})?)?:?|copiar link",
    ),
    "contact": (
        r"contatos?(?: (?:de|para) (?:a )?imprensa)?(?::(?: .{0,120})?)?|assessoria de imprensa",
        r"para (?:divulgação|publicação) imediata|(?:telefone|tel)[.:]{0,2} ?[+(]?\d[\d\s().-]{6,}",
    ),
    "footer": (
        r"voltar(?: (?:ao topo|para .{1,30}))?|(?:anterior|próxim[oa]|seguinte)(?:: .*)?|leia mais",
        r"política de (?:privacidade|cookies)|mapa do site|todos os direitos reservados.*|ver mais",
        r"(?:assuntos?|marcadores|palavras-chave|tags):.{0,120}",
        r"termos de uso|publicidade|fale conosco",
    ),
    "footer section": (
        r"(?:notícias|matérias|artigos|conteúdos) (?:relacionad[oa]s|recentes)|veja também:?",
        r"(?:últimas|mais|outras) notícias|mais lidas|leia também:?|siga-nos.{0,40}|siga @\w+",
    ),
    "notice": (r".{0,80}\b(?:utiliza|utilizamos|usamos|usa)\b.{0,30}\bcookies\b.*",),
}

LANGUAGES: tuple[Mapping[Category, tuple[str, ...]], ...] = (
    ENGLISH,
    SPANISH,
    GERMAN,
    FRENCH,
    PORTUGUESE,
)
"""The forms of each language; a line of any of them is boilerplate."""
