"""The words for times in each language of the bot, by the part that they play in an expression."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from retrieval.text.tokens import folded

Value = str | int | tuple[int, int]


class Kind(StrEnum):
    """What a token is in an expression of time: the letter that stands for it in the grammar.

    The value of a token is given in parentheses.
    """

    YEAR = "y"
    """2024"""
    DATE = "c"
    """2024-09-05, 4/9/2024, 2024-09, 9/2024 (the span)"""
    DIGITS = "d"
    """5, 5th: a day of the month, or a count (the number)"""
    NUMBER = "n"
    """two, a: a count (the number); a few: the least and the most"""
    MONTH = "m"
    """March (1 to 12)"""
    WEEKDAY = "w"
    """Monday (0 to 6)"""
    SEASON = "s"
    """spring (a key of `SEASONS`)"""
    QUARTER = "q"
    """Q3, the first half (its first month and how many)"""
    UNIT = "u"
    """hour, day, week, month, quarter, year (its English name)"""
    UNITS = "v"
    """The same in the plural."""
    NAMED_DAY = "t"
    """today, the day before yesterday (how many days ago)"""
    THIS = "h"
    """this week"""
    LAST = "l"
    """last week: the calendar's"""
    BEFORE_LAST = "b"
    """antepasado: the one before the last; in English two words, "before last" """
    PAST = "p"
    """the past week: the seven days up to now"""
    AGO = "g"
    """ago"""
    PART = "f"
    """early, mid, late (0 to 2), the beginning of, the end of (3, 4)"""
    SINCE = "S"
    AFTER = "A"
    BEFORE = "B"
    UNTIL = "U"
    """until, and including"""
    IN = "I"
    """in, on, during"""
    FROM = "F"
    """from: opens a range, or means "in" """
    BETWEEN = "E"
    TO = "T"
    """to: joins the ends of a range"""
    DASH = "-"
    """The same; beside anything but times, a mark between clauses."""
    AND = "J"
    """and"""
    ONWARD = "N"
    """or later, to date"""
    BACKWARD = "K"
    """or earlier"""
    OF = "o"
    THE = "a"
    NEGATION = "X"
    """not, except"""
    QUALIFIER = "Q"
    """around, by, fiscal: what it stands beside does not bound anything"""
    COMMA = ","
    STOP = "."
    POSSESSIVE = "'"
    WORD = "_"
    """Any other word."""
    BREAK = ";"
    """A mark between clauses or sentences."""


@dataclass(frozen=True)
class TimeVocabulary:
    """The words of one language; phrases are separated by commas.

    Attributes:
        code: the code of the language.
        months: the names of each month, January first.
        weekdays: the names of each weekday, Monday first.
        seasons: the names of each of `SEASONS`, in its order.
        quarters: phrases for three or six months of a year, by their first month and number.
        units: the singular and the plural of each unit.
        numbers: the number words.
        days: phrases for a day, by how many days ago it is.
        first_day: phrases for the first day of a month.
        parts: phrases for the early, the middle and the late part, the beginning and the end.
        phrases: all other words and phrases by their kind.
        labels: folded words after which a number is no year: "Section 1983".
        counted: folded words before which a number is no year: "2000 people".
        streets: folded words that end an address: "2001 Elm Street".
        named_by_year: words of which a year behind them is a part of the name: "Project 2025".
        before_weekdays: folded words that make a weekday behind them a name: "Black Friday".
        publications: words for what is published.
        function_words: words that may follow a time that modifies no noun.
        common: common words of the language, by which a question in it is recognized.
        day_first: whether 4/9/2024 is 4 September.
    """

    code: str
    months: str
    weekdays: str
    seasons: str
    quarters: Mapping[tuple[int, int], str]
    units: Mapping[str, str]
    numbers: Mapping[int | tuple[int, int], str]
    days: Mapping[int, str]
    first_day: str
    parts: tuple[str, str, str, str, str]
    phrases: Mapping[Kind, str]
    labels: frozenset[str]
    counted: frozenset[str]
    streets: frozenset[str]
    named_by_year: frozenset[str]
    before_weekdays: frozenset[str]
    publications: frozenset[str]
    function_words: frozenset[str]
    common: frozenset[str]
    day_first: bool

    @cached_property
    def entries(self) -> Mapping[tuple[str, ...], tuple[Kind, Value]]:
        """The kind and value of each phrase, by its folded words."""
        return {
            tuple(folded(phrase).split()): (kind, value)
            for kind, value, phrases in self._phrases()
            for phrase in phrases.split(",")
        }

    @cached_property
    def longest(self) -> int:
        """The most words of a phrase."""
        return max(map(len, self.entries))

    @cached_property
    def words(self) -> frozenset[str]:
        """All words that name a time by themselves or together, folded."""
        return frozenset(word for phrase in self.entries for word in phrase)

    def _phrases(self) -> Iterator[tuple[Kind, Value, str]]:
        for kind, phrases in self.phrases.items():
            yield kind, "", phrases
        for number, names in enumerate(self.months.split("; "), start=1):
            yield Kind.MONTH, number, names
        for number, names in enumerate(self.weekdays.split("; ")):
            yield Kind.WEEKDAY, number, names
        for season, names in zip(
            ("winter", "spring", "summer", "fall"), self.seasons.split("; "), strict=True
        ):
            yield Kind.SEASON, season, names
        for months, names in self.quarters.items():
            yield Kind.QUARTER, months, names
        for unit, names in self.units.items():
            singular, _, plural = names.partition("; ")
            yield Kind.UNIT, unit, singular
            yield Kind.UNITS, unit, plural
        for count, names in self.numbers.items():
            yield Kind.NUMBER, count, names
        for number, names in self.days.items():
            yield Kind.NAMED_DAY, number, names
        for name in self.first_day.split(","):
            yield Kind.DIGITS, 1, name
        for number, names in enumerate(self.parts):
            yield Kind.PART, number, names


ENGLISH = TimeVocabulary(
    code="en",
    months="january,jan; february,feb; march,mar; april,apr; may; june,jun; july,jul; august,aug;"
    " september,sept,sep; october,oct; november,nov; december,dec",
    weekdays="; ".join(
        f"{day},{day} morning,{day} afternoon,{day} evening,{day} night"
        for day in "monday tuesday wednesday thursday friday saturday sunday".split()
    ),
    seasons="winter; spring; summer; fall,autumn",
    quarters={
        (1, 3): "q1,first quarter,1st quarter",
        (4, 3): "q2,second quarter,2nd quarter",
        (7, 3): "q3,third quarter,3rd quarter",
        (10, 3): "q4,fourth quarter,4th quarter",
        (1, 6): "h1,first half,1st half",
        (7, 6): "h2,second half,2nd half,latter half",
    },
    units={
        "hour": "hour; hours",
        "day": "day; days",
        "week": "week; weeks",
        "month": "month; months",
        "quarter": "quarter; quarters",
        "year": "year,calendar year; years",
    },
    numbers={
        **dict(
            enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
        ),
        15: "fifteen",
        20: "twenty",
        30: "thirty",
        60: "sixty",
        90: "ninety",
        1: "one,a,an",
        (1, 3): "couple,couple of,a couple,a couple of",
        (1, 5): "few,a few",
        100: "hundred,a hundred,one hundred",
    },
    days={
        0: "today,this morning,this afternoon,this evening,tonight",
        1: "yesterday,last night,yesterday morning,yesterday afternoon,yesterday evening",
        2: "the day before yesterday,day before yesterday",
    },
    first_day="first of,the first of",
    parts=(
        "early,early in",
        "mid,middle of",
        "late,late in",
        "beginning of,start of",
        "end of",
    ),
    phrases={
        Kind.THIS: "this,these,earlier this,later this,the current,current",
        Kind.LAST: "last,previous,the previous,preceding",
        Kind.PAST: "past,the last,this last,these last",
        Kind.AGO: "ago",
        Kind.SINCE: "since,ever since,no earlier than,not earlier than,on or after,on and after",
        Kind.AFTER: "after,later than,newer than,more recent than,more recently than,following,"
        "subsequent to",
        Kind.BEFORE: "before,prior to,older than,earlier than,previous to",
        Kind.UNTIL: "until,till,up to,up until,up till,no later than,not later than,as late as,"
        "up to and including,on or before,on and before",
        Kind.IN: "in,on,during,throughout,within,over,across,at,dated,back in,"
        "on the morning of,on the afternoon of,on the evening of,on the night of",
        Kind.FROM: "from",
        Kind.BETWEEN: "between,in between",
        Kind.TO: "to,through,thru",
        Kind.AND: "and,or",
        Kind.ONWARD: "onward,onwards,forward,or later,and later,or after,and after,or newer,"
        "and newer,or since,and since,and beyond,to date,to now,until now,till now,up to now,"
        "through now,to present,to the present,until present,until the present,through the present,"
        "and now,and present,and the present,- present,- now,- today,– present,– now,– today",
        Kind.BACKWARD: "or earlier,and earlier,or before,and before,or older,and older",
        Kind.OF: "of",
        Kind.THE: "the,all of,all",
        Kind.NEGATION: "not,never,no,except,except for,excepting,excluding,exclude,without,outside,"
        "other than,besides,apart from,aside from,rather than,instead of,nor,neither,cannot,"
        "year but,month but,all but,everything but,anything but,"
        "minus,barring,ignoring,excluded,excepted,aside,skip,ignore,omitting",
        Kind.QUALIFIER: "by,around,about,this time,circa,ca,approximately,roughly,nearly,almost,"
        "more than,less than,fewer than,at least,at most,as of,than,fiscal,fiscal year,fy,"
        "school year,academic year,tax year,model year,class of,starting,starting in,"
        "beginning,beginning in,next,coming,upcoming,every,each,another,several,half,half of,"
        "weekend,weekends,for,beyond,per,well,shortly,soon,long,right,just,immediately,decade,"
        "decades,century,whenever,ending,ended,ends,ending on,ended on,ending in,effective,due",
    },
    labels=frozenset(
        """hr s r l hres sres hjres sjres hconres sconres res hb sb ab ar sr sjr hjr pl eo usc cfr
        bill bills law resolution amendment proposition prop measure order ordinance docket case
        file flight route highway interstate room rooms suite apt apartment box bldg building
        channel zip zipcode code ext extension phone tel line page pages p pp chapter ch title
        article art rule clause paragraph section sections sec subsection part form version model
        no nr number num item lot serial agenda vision iso rfc § §§ # № $ € £ usd local post bus
        train unit precinct squadron exit gate parcel permit badge contract""".split()
    ),
    counted=frozenset(
        """people men women children feet percent dollar dollars usd million billion thousand
        hundred hours acre mile megawatt square agenda vision jobs workers families homes
        households veterans students residents acres miles soldiers troops employees members
        patients seniors euros pesos pounds tons units calls visits cases deaths volts lb lbs sq ft
        mw kw km mi kg ton mg ml pound foot yard meter metre votes points""".split()
    ),
    streets=frozenset(
        """street st avenue ave road rd boulevard blvd drive lane parkway pkwy court plaza terrace
        turnpike building""".split()
    ),
    named_by_year=frozenset(
        """project plan act bill budget election elections midterms census games olympics season
        cup law agreement accord agenda vision report strategy goals model version class ndaa
        code covid section windows expo summit""".split()
    ),
    before_weekdays=frozenset(
        """black good super cyber giving ash fat palm easter holy maundy shrove bloody taco
        business""".split()
    ),
    publications=frozenset(
        """release releases statement statements announcement announcements news publication
        publications published posted post posts newsletter newsletters issued""".split()
    ),
    function_words=frozenset(
        """about after and as because before but by can could did do does for from had has have how
        i if in is it of on or per regarding should so than that the their then they this to under
        until was we were what when where whether which while who whom whose why will with would
        you your he she his her its a an""".split()
    ),
    common=frozenset(
        """what who when where why how which did does do is are was were has have the and of in on
        from with for about to that this it its by said say says tell me any""".split()
    ),
    day_first=False,
)

SPANISH = TimeVocabulary(
    code="es",
    months="enero,ene; febrero,feb; marzo; abril,abr; mayo; junio,jun; julio,jul; agosto,ago;"
    " septiembre,setiembre,sept,sep; octubre,oct; noviembre,nov; diciembre,dic",
    weekdays="lunes; martes; miércoles; jueves; viernes; sábado; domingo",
    seasons="invierno; primavera; verano; otoño",
    quarters={
        (1, 3): "t1,q1,1t,primer trimestre,1er trimestre",
        (4, 3): "t2,q2,2t,segundo trimestre,2º trimestre",
        (7, 3): "t3,q3,3t,tercer trimestre,3er trimestre",
        (10, 3): "t4,q4,4t,cuarto trimestre,4º trimestre",
        (1, 6): "primer semestre,primera mitad",
        (7, 6): "segundo semestre,segunda mitad",
    },
    units={
        "hour": "hora; horas",
        "day": "día; días",
        "week": "semana; semanas",
        "month": "mes; meses",
        "quarter": "trimestre; trimestres",
        "year": "año; años",
    },
    numbers={
        **dict(
            enumerate("un dos tres cuatro cinco seis siete ocho nueve diez once doce".split(), 1)
        ),
        15: "quince",
        20: "veinte",
        30: "treinta",
        60: "sesenta",
        90: "noventa",
        100: "cien",
        1: "un,uno,una",
        (1, 3): "par de,un par de",
        (1, 5): "unos pocos,unas pocas",
    },
    days={
        0: "hoy,esta mañana,esta tarde,esta noche",
        1: "ayer,anoche,ayer por la mañana,ayer por la tarde",
        2: "anteayer,antes de ayer,antier,antes de anoche",
    },
    first_day="primero,primero de",
    parts=(
        "a principios de,a principios del,principios de,principios del,a comienzos de,"
        "a comienzos del,comienzos de,comienzos del,a inicios de,inicios de,a inicios del,"
        "inicios del",
        "a mediados de,a mediados del,mediados de,mediados del",
        "a finales de,a finales del,finales de,finales del,a fines de,fines de,fines del",
        "principio de,principio del,comienzo de,comienzo del,inicio de,inicio del",
        "final de,final del,fin de,fin del,al final de,al final del",
    ),
    phrases={
        Kind.THIS: "este,esta,estos,estas,el presente,la presente",
        Kind.LAST: "pasado,pasada,el pasado,la pasada,anterior",
        Kind.BEFORE_LAST: "antepasado,antepasada",
        Kind.PAST: "último,última,últimos,últimas,pasados,pasadas",
        Kind.AGO: "hace",
        Kind.SINCE: "desde,a partir de,a partir del",
        Kind.AFTER: "después de,después del,tras,posterior a,posteriores a,posterior al,"
        "posteriores al,más reciente que,más recientes que,más tarde que,luego de",
        Kind.BEFORE: "antes de,antes del,anterior a,anteriores a,anterior al,anteriores al,"
        "previo a,previos a,previa a,previas a,más antiguo que,más antiguos que,más antigua que,"
        "más antiguas que,más viejos que",
        Kind.UNTIL: "hasta,a más tardar,no más tarde de,no después de",
        Kind.IN: "en,durante,el,a lo largo de,dentro de",
        Kind.FROM: "desde el comienzo de",
        Kind.BETWEEN: "entre",
        Kind.TO: "a,al",
        Kind.AND: "y,e,o,u",
        Kind.ONWARD: "en adelante,o después,y después,o posterior,o posteriores,y posteriores,"
        "a la fecha,hasta la fecha,hasta ahora,hasta el momento,hasta el presente,y ahora,"
        "hasta la actualidad,a la actualidad,y la actualidad,- hoy,- presente,– hoy,– presente",
        Kind.BACKWARD: "o antes,y antes,o anterior,o anteriores,y anteriores",
        Kind.OF: "de,del",
        Kind.THE: "la,los,las,lo,todo,toda",
        Kind.NEGATION: "no,nunca,jamás,excepto,salvo,sin,menos,fuera de,fuera del,aparte de,"
        "en vez de,en lugar de,ni,tampoco,excluyendo,exceptuando,a excepción de,ignora,excluye,"
        "excluido",
        Kind.QUALIFIER: "para,por,alrededor de,cerca de,hacia,casi,unos,unas,aproximadamente,"
        "más de,menos de,fiscal,año fiscal,el año fiscal,ejercicio,curso,año escolar,próximo,"
        "próxima,próximos,próximas,siguiente,cada,todos los,todas las,otro,otra,varios,varias,"
        "fin de semana,terminado,terminada,terminados,terminadas,que termina,"
        "década,décadas,siglo,hoy en día,poco,mucho,justo,recién,los lunes,"
        "los martes,los miércoles,los jueves,los viernes,los sábados,los domingos,sobre,que",
    },
    labels=frozenset(
        """hr s r l ley leyes articulo art seccion capitulo titulo sala habitacion oficina pagina
        pag p numero num no nro resolucion orden expediente caso vuelo ruta carretera codigo
        telefono agenda vision iso version § # № $ € £""".split()
    ),
    counted=frozenset(
        """personas gente dolares pesos euros millones mil empleos trabajadores familias
        hogares veteranos estudiantes hectareas millas kilometros horas casos muertes soldados
        ninos mujeres hombres""".split()
    ),
    streets=frozenset(),
    named_by_year=frozenset(
        """proyecto plan ley presupuesto eleccion elecciones censo juegos temporada copa agenda
        vision acuerdo estrategia informe presupuestos""".split()
    ),
    before_weekdays=frozenset(),
    publications=frozenset(
        """comunicado comunicados declaracion declaraciones noticia noticias anuncio anuncios
        prensa boletin boletines publicado publicada publicados publicadas nota notas""".split()
    ),
    function_words=frozenset(
        """acerca sobre y o e u pero cuando que quien como donde por para con en a al se fue era ha
        han el la los las un una su sus segun contra entre si""".split()
    ),
    common=frozenset(
        """que quien quienes cuando donde como cual cuales cuanto cuantos cuanta cuantas por para
        con sobre dijo ha han fue el la los las del de en y se su una un al desde hasta entre antes
        despues durante hubo hay dijeron anuncio comunicados""".split()
    ),
    day_first=True,
)

LANGUAGES = (ENGLISH, SPANISH)
