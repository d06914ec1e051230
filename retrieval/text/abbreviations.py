"""Abbreviations that end with a stop, and whether a sentence ends with it too.

English first; of Spanish and German the ones that press releases are full of.
"""

import re

# Titles and the like stand before a name or a number: no sentence ends with one.
_NEVER_LAST = frozenset(
    """Mr Mrs Ms Mx Messrs Mme Dr Drs Prof Profs Assoc Rev Revs Hon Fr Msgr
    Rep Reps Sen Sens Gov Govs Del Dels Cong Congs Assemb Assy Ald Alds Amb Ambs Supt Supts
    Pres Vice Sec Secs Treas Atty Attys Asst Insp Dep Dir Exec Comm Comm'r Commr Comr Cmsr Chmn
    Gen Gens Lt Col Cols Sgt Sgts Capt Maj Cmdr Cdr Adm Brig Cpl Pvt Spc Ens Ofc Det Dets Supv Mgr
    Wm Geo Chas Jos Thos St Ste Ft Mt Mts Pt Est Pub Con Res Stat Reg v vs cf Cf viz approx
    e.g i.e
    Sra Sres Srta Srtas Dra Dres Lic Lcda Lcdo Ing Arq Dña Profa Gral Cnel Av Avda Tel EE
    Hr Hrn Dipl bzw ca cca rd vgl Vgl inkl exkl zzgl evtl ggf sog zzt geb gem lt z.B d.h
    u.a""".split()
)
# So are these, before a number.
_BEFORE_NUMBER = frozenset(
    """No Nos no nos Art Arts art arts Fig Figs fig figs Vol Vols vol vols p pp para paras par pars
    ch chs Ch Chs Eq Eqs eq Sect sec secs cl Ex Nr nr Abs Bd Rn Ziff Kap núm Núm núms pág págs Pág
    ap apdo vers ver""".split()
)
# After these a sentence goes on, unless the next word is one that sentences begin with.
_SELDOM_LAST = frozenset(
    """Jr Sr Esq Ret Inc Co Cos Corp Ltd LLC Bros Assn Assns Dept Depts Div Mfg Univ Inst Intl Natl
    Civ Consol Crim App Cir Dist Supp Fed Cal
    Govt Admin Bldg Ave Aves Blvd Hwy Pkwy Rd Dr Ln Ct Sq Apt Ph.D Litt.D
    etc al adj ed eds rev trans repr max min M Mio Mrd usw Str UU Cía Ud Uds Vd Vds
    Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Mon Tue Tues Wed Weds Thu Thur Thurs Fri Sat
    Sun Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Kans Ky La Mass Md Mich Minn Miss Mo Mont
    Neb Nebr Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc Wyo Ont Que Alta""".split()
)
# And after these, behind a number.
_UNITS = frozenset(
    """ft in sq cu fl yd yds mi lb lbs oz gal gals qt pt hr hrs min mins sec secs wk wks mo mos yr
    yrs km cm mm kg mg bn mn tn""".split()
)
_HALF_DAYS = frozenset(("a.m", "p.m", "A.M", "P.M"))
# What follows them in the same sentence.
_TIMES = frozenset(
    """et est edt ct cst cdt mt mst mdt pt pst pdt akst akdt hst ast adt utc gmt bst cet cest
    eastern central mountain pacific atlantic alaska hawaii
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
    sun january february march april may june july august september october november december jan
    feb mar apr jun jul aug sept sep oct nov dec""".split()
)
# Words that sentences begin with, and hardly any name.
_OPENING_WORDS = frozenset(
    """a according after all also although among an and another any as at because before both but by
    during each every few for from further he her here his how however i if in instead it its many
    meanwhile more moreover most my neither no nobody none nor not now of on once one or other
    others our over several she since so some such that the their then there these they this
    those though through thus to today together two under unless unlike until we what when
    where whether which while who why with within without yesterday yet you your
    él ella ellos ellas en es pero por para con un una este esta esto
    der er sie es ein eine wir ich aber auch""".split()
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_WITHOUT_VOWEL = re.compile(r"[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]+")
_NUMBER = re.compile(r".*\d|(?:sq|cu|fl|per)\.?$")
_LONGEST = 12  # characters; no abbreviation here is longer
_LETTERS = re.compile(r"[^\W_]+")
_ROMAN = re.compile(r"[IVXLCDM]+\b")
# German ordinals: "am 5. Mai", "im 1. Quartal".
_ORDINAL = re.compile(r"\d{1,2}")
_COUNTED = frozenset(
    """januar februar märz april mai juni juli august september oktober november dezember quartal
    halbjahr jahrhundert jahrestag""".split()
)


def continues_after(word: str, previous: str, following: str, *, bracket: bool) -> bool:
    """Whether a sentence goes on after a stop, because the stop belongs to an abbreviation.

    Args:
        word: what is before the stop, without it and without marks at its beginning: "Rep", "a.m".
        previous: the word before that one, as it is; empty if there is none.
        following: the text from the next letter or digit on; a few words are enough.
        bracket: whether a bracket is between the stop and that letter.
    """
    if len(word) > _LONGEST:
        return False
    word = word.replace("’", "'")
    if word in _HALF_DAYS:
        return _first_word(following) in _TIMES
    if word in _NEVER_LAST or word.rpartition(".")[2] in _NEVER_LAST:  # "Res" of "S.J.Res"
        return True
    if word in _BEFORE_NUMBER and (following[:1].isdigit() or _ROMAN.match(following)):
        return True
    if _ORDINAL.fullmatch(word):
        return _first_word(following) in _COUNTED
    if (
        word in _SELDOM_LAST
        or (len(word) == 1 and word.isalpha())
        or _DOTTED.fullmatch(word)
        or _WITHOUT_VOWEL.fullmatch(word)
        or (word in _UNITS and _NUMBER.match(previous))
    ):
        opening = _first_word(following)
        # "A" may open a sentence, "A." is an initial.
        initial = following[len(opening) :].startswith(".")
        return bracket or initial or opening not in _OPENING_WORDS
    return False


def _first_word(text: str) -> str:
    """The letters and digits that a text begins with, in small letters."""
    match = _LETTERS.match(text)
    return match[0].casefold() if match else ""
