"""The sentences a term sheet is told in, in every language we speak: one key, one sentence each.

Names in braces are filled in; a test holds the languages to the same names.
"""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """The languages a term sheet is told in."""

    ENGLISH = "en"
    SPANISH = "es"


PHRASES: dict[str, tuple[str, str]] = {
    # The English sentence first, then the Spanish one.
    "section/bond": ("The bond", "El bono"),
    "section/measured": ("What is measured", "Qué se mide"),
    "section/pays": ("What the outcome pays", "Qué paga el resultado"),
    "section/when": ("When it is decided", "Cuándo se decide"),
    "section/limits": ("Floors and caps", "Mínimos y máximos"),
    "section/if": ("What if", "Qué pasa si"),
    "section/notes": ("Remarks", "Observaciones"),
    "bond/name": ("{title} ({cusip}).", "{title} ({cusip})."),
    "bond/announced": (
        "This is a labor market bond and can be announced.",
        "Este es un bono del mercado laboral y puede anunciarse.",
    ),
    "bond/illustration": (
        "In this form it can be valued and determined, but not announced: it is no offer.",
        "En esta forma puede valorarse y determinarse, pero no anunciarse: no es una oferta.",
    ),
    "bond/offered": (
        "{offering} is offered, in steps of {multiple}; never more than {authorized} is "
        "outstanding.",
        "Se ofrecen {offering}, en pasos de {multiple}; nunca habrá más de {authorized} en "
        "circulación.",
    ),
    "bond/dates": (
        "It is issued on {issue}, pays interest every half-year from {first} on, and matures on "
        "{matures}.",
        "Se emite el {issue}, paga intereses cada semestre desde el {first} y vence el {matures}.",
    ),
    "bond/base-fixed": (
        "The base coupon is {percent} % a year.",
        "El cupón base es del {percent} % al año.",
    ),
    "bond/base-auction": (
        "The auction sets the base coupon, at most {percent} % a year.",
        "La subasta fija el cupón base, como máximo el {percent} % al año.",
    ),
    "bond/guarantee-base": (
        "The base coupon is paid whatever the outcome.",
        "El cupón base se paga sea cual sea el resultado.",
    ),
    "bond/guarantee-rate": (
        "Whatever the outcome, at least {percent} % a year is paid.",
        "Sea cual sea el resultado, se paga al menos el {percent} % al año.",
    ),
    "bond/guarantee-principal": (
        "At least {percent} % of the face amount is paid back.",
        "Se devuelve al menos el {percent} % del valor nominal.",
    ),
    "bond/investors-pay": (
        "Investors together may have to pay back up to {amount}.",
        "Los inversionistas en conjunto pueden tener que devolver hasta {amount}.",
    ),
    "bond/guarantor": (
        "{name} makes up principal to {percent} % of the face amount.",
        "{name} completa el capital hasta el {percent} % del valor nominal.",
    ),
    "bond/training": (
        "The money pays for {people} people: {description}.",
        "El dinero paga la formación de {people} personas: {description}.",
    ),
    "bond/delivery": (
        "{provider} trains them for the workforce board {board}: {program}.",
        "{provider} los forma para la junta laboral {board}: {program}.",
    ),
    "bond/wallet": (
        "Each wallet is given {grant}, to be spent by {day}; the program costs {tuition}.",
        "Cada billetera recibe {grant}, que pueden gastarse hasta el {day}; el programa cuesta "
        "{tuition}.",
    ),
    "bond/tranches": (
        "The provider is paid {enrolment} % on enrolment, {completion} % on completion and "
        "{placement} % on verified placement.",
        "El proveedor cobra el {enrolment} % con la inscripción, el {completion} % con la "
        "finalización y el {placement} % con la colocación verificada.",
    ),
    "kpi/what": (
        "{name} ({unit}{cohort}), from {lowest} to {highest}.",
        "{name} ({unit}{cohort}), de {lowest} a {highest}.",
    ),
    "kpi/rolling": (
        "Observed over the latest full {length}, published within {days} days; publication number "
        "{vintage} counts.",
        "Se observa durante el último {length} completo, publicado en un plazo de {days} días; "
        "cuenta la publicación número {vintage}.",
    ),
    "kpi/rolling-lag": (
        "Observed over a full {length}, {lag} before the latest, published within {days} days; "
        "publication number {vintage} counts.",
        "Se observa durante un {length} completo, {lag} antes del último, publicado en un plazo de "
        "{days} días; cuenta la publicación número {vintage}.",
    ),
    "kpi/fixed": (
        "Observed from {first} to {last}, published within {days} days; publication number "
        "{vintage} counts.",
        "Se observa del {first} al {last}, publicado en un plazo de {days} días; cuenta la "
        "publicación número {vintage}.",
    ),
    "kpi/baseline-difference": (
        "Counted is the difference from {value}.",
        "Cuenta la diferencia respecto de {value}.",
    ),
    "kpi/baseline-percent": (
        "Counted is the change from {value} in per cent.",
        "Cuenta el cambio respecto de {value} en por ciento.",
    ),
    "kpi/impact": (
        "Counted is {evaluate} of the effect against people not trained ({design}).",
        "Cuenta {evaluate} del efecto frente a personas no formadas ({design}).",
    ),
    "kpi/significance": (
        "An effect with a p-value above {p} counts as none.",
        "Un efecto con un valor p superior a {p} no cuenta.",
    ),
    "kpi/measured": (
        "It is measured from facts on file by rule {rule}, beside a baseline from {first} to "
        "{last}.",
        "Se mide a partir de hechos registrados con la regla {rule}, junto a un periodo de base "
        "del {first} al {last}.",
    ),
    "kpi/people": (
        "It needs at least {people} people.",
        "Hacen falta al menos {people} personas.",
    ),
    "kpi/coverage": (
        "It needs records of at least {percent} %.",
        "Hacen falta datos de al menos el {percent} %.",
    ),
    "kpi/substitute": (
        "Where it has no sound value, {other} takes its place (times {times}, plus {plus}).",
        "Si no hay un valor válido, lo sustituye {other} (por {times}, más {plus}).",
    ),
    "kpi/missing-score": (
        "Where nothing sound is published in time, its score is {score}.",
        "Si no se publica nada válido a tiempo, su puntuación es {score}.",
    ),
    "kpi/missing-value": (
        "Where nothing sound is published in time, {value} is used.",
        "Si no se publica nada válido a tiempo, se usa {value}.",
    ),
    "kpi/missing-last": (
        "Where nothing sound is published in time, the last value is used; before any, its score "
        "is {score}.",
        "Si no se publica nada válido a tiempo, se usa el último valor; antes de haber alguno, su "
        "puntuación es {score}.",
    ),
    "kpi/verifier": ("It is verified by {name}.", "Lo verifica {name}."),
    "kpi/evidence": ("Proof: {evidence}.", "Prueba: {evidence}."),
    "score/always": ("always 1", "siempre 1"),
    "score/linear": (
        "rising from 0 at {threshold} to 1 at {target} of “{kpi}”",
        "que sube de 0 en {threshold} a 1 en {target} de «{kpi}»",
    ),
    "score/digital": (
        "1 if “{kpi}” is {compare} {value}, else 0",
        "1 si «{kpi}» es {compare} {value}; si no, 0",
    ),
    "score/tiers": ("tiers of “{kpi}”: {tiers}", "tramos de «{kpi}»: {tiers}"),
    "score/tier": ("{score} from {value}", "{score} desde {value}"),
    "score/all": ("the smallest of [{parts}]", "la menor de [{parts}]"),
    "score/any": ("the largest of [{parts}]", "la mayor de [{parts}]"),
    "score/weighted": ("the sum of [{parts}]", "la suma de [{parts}]"),
    "score/part": ("{weight} × ({score})", "{weight} × ({score})"),
    "score/not": ("1 less ({score})", "1 menos ({score})"),
    "compare/at-least": ("at least", "al menos"),
    "compare/above": ("above", "mayor que"),
    "compare/at-most": ("at most", "como máximo"),
    "compare/below": ("below", "menor que"),
    "pays/rate": (
        "{name}: a score of 1 adds {percent} % a year to the coupon. The score is {score}.",
        "{name}: una puntuación de 1 añade el {percent} % al año al cupón. La puntuación es "
        "{score}.",
    ),
    "pays/once": (
        "{name}: a score of 1 pays {amount} once, on {day}. The score is {score}.",
        "{name}: una puntuación de 1 paga {amount} una vez, el {day}. La puntuación es {score}.",
    ),
    "pays/once-back": (
        "{name}: with a score of 1 investors pay {amount} once, on {day}. The score is {score}.",
        "{name}: con una puntuación de 1 los inversionistas pagan {amount} una vez, el {day}. La "
        "puntuación es {score}.",
    ),
    "pays/principal": (
        "{name}: a score of 1 changes what is paid back by {percent} % of the face amount. The "
        "score is {score}.",
        "{name}: una puntuación de 1 cambia lo que se devuelve en el {percent} % del valor "
        "nominal. La puntuación es {score}.",
    ),
    "pays/card": (
        "{name}: {prices}; at most {person} for one person and {contract} in all. The score is "
        "{score}.",
        "{name}: {prices}; como máximo {person} por persona y {contract} en total. La puntuación "
        "es {score}.",
    ),
    "pays/price": ("{amount} for each of “{kpi}”", "{amount} por cada uno de «{kpi}»"),
    "pays/from": (
        "It applies from interest period {first} on.",
        "Se aplica desde el periodo de intereses {first}.",
    ),
    "pays/from-to": (
        "It applies to interest periods {first} to {last}.",
        "Se aplica a los periodos de intereses del {first} al {last}.",
    ),
    "pays/life": (
        "Once determined it stays until maturity.",
        "Una vez determinada, se mantiene hasta el vencimiento.",
    ),
    "pays/payer": ("It is paid by {name}.", "Lo paga {name}."),
    "when/advance": (
        "Every rate is known before its period starts: it is determined at least {business} "
        "business days and {days} days before, so accrued interest is always known.",
        "Cada tipo se conoce antes de que empiece su periodo: se determina al menos {business} "
        "días hábiles y {days} días antes, de modo que el interés acumulado siempre se conoce.",
    ),
    "when/arrears": (
        "Every adjustment is determined at least {business} business days and {days} days before "
        "its period ends, and paid to the holder of record; until then the bond trades without it.",
        "Cada ajuste se determina al menos {business} días hábiles y {days} días antes de que "
        "termine su periodo y se paga al titular registrado; hasta entonces el bono se negocia sin "
        "él.",
    ),
    "when/verifier": (
        "{name} verifies; notice is given within {notice} business days, and a determination can "
        "be disputed for {days} days.",
        "Verifica {name}; se notifica en {notice} días hábiles, y una determinación puede "
        "impugnarse durante {days} días.",
    ),
    "when/record": (
        "A payment goes to whoever holds the bond {days} business days before it.",
        "El pago corresponde a quien tenga el bono {days} días hábiles antes.",
    ),
    "when/final": (
        "The first verified value is final; later corrections change nothing.",
        "El primer valor verificado es definitivo; las correcciones posteriores no cambian nada.",
    ),
    "when/true-up": (
        "The first verified value is final for its coupon; a correction of {percent} % a year or "
        "more is made good in a later coupon.",
        "El primer valor verificado es definitivo para su cupón; una corrección del {percent} % al "
        "año o más se compensa en un cupón posterior.",
    ),
    "limits/adjustment": (
        "The outcome changes a coupon by {floor} to {cap} % a year, rounded to {places} decimals.",
        "El resultado cambia un cupón entre el {floor} y el {cap} % al año, redondeado a {places} "
        "decimales.",
    ),
    "limits/coupon-floor": (
        "A coupon is at least {percent} % a year.",
        "Un cupón es al menos del {percent} % al año.",
    ),
    "limits/coupon-cap": (
        "A coupon is at most {percent} % a year.",
        "Un cupón es como máximo del {percent} % al año.",
    ),
    "limits/life": (
        "Over its life the outcome adds at most {amount} per 100 of face amount.",
        "Durante su vida, el resultado añade como máximo {amount} por cada 100 de valor nominal.",
    ),
    "limits/budget": (
        "On the whole issue the outcome adds at most {amount}.",
        "En toda la emisión, el resultado añade como máximo {amount}.",
    ),
    "limits/appropriation": (
        "Appropriated by fiscal year: {years}.",
        "Consignado por año fiscal: {years}.",
    ),
    "if/hold": (
        "If “{kpi}” reaches {value}, the adjustment of the period before stands.",
        "Si «{kpi}» llega a {value}, se mantiene el ajuste del periodo anterior.",
    ),
    "if/score": (
        "If “{kpi}” reaches {value}, every score is {score}.",
        "Si «{kpi}» llega a {value}, todas las puntuaciones son {score}.",
    ),
    "if/prorate": (
        "If fewer than {minimum} are counted in “{kpi}”, a bonus shrinks in proportion.",
        "Si se cuentan menos de {minimum} en «{kpi}», la bonificación se reduce en proporción.",
    ),
    "if/terminate": (
        "If fewer than {minimum} are counted in “{kpi}”, the bond is redeemed early.",
        "Si se cuentan menos de {minimum} en «{kpi}», el bono se amortiza antes.",
    ),
    "if/when": (
        "From period {first} on the bond ends early at {percent} % when this is 1: {score}.",
        "Desde el periodo {first}, el bono termina antes al {percent} % cuando esto es 1: {score}.",
    ),
    "if/early": (
        "An early end, from period {first} on, pays {percent} % of the face amount.",
        "Un final anticipado, desde el periodo {first}, paga el {percent} % del valor nominal.",
    ),
    "if/tender": (
        "On {day} every holder must hand the bond in and is paid {percent} % of the face amount.",
        "El {day} todo titular debe entregar el bono y recibe el {percent} % del valor nominal.",
    ),
    "if/call": (
        "On {day} the issuer may redeem the bond at {percent} % of the face amount.",
        "El {day} el emisor puede amortizar el bono al {percent} % del valor nominal.",
    ),
    "unit/percent": ("per cent", "por ciento"),
    "unit/points": ("points", "puntos"),
    "unit/money": ("{currency}", "{currency}"),
    "unit/count": ("a count", "un recuento"),
    "unit/index": ("an index", "un índice"),
    "length/quarter": ("quarter", "trimestre"),
    "length/half-year": ("half-year", "semestre"),
    "length/year": ("year", "año"),
    "evaluate/estimate": ("the estimate", "la estimación"),
    "evaluate/ci95-lower": (
        "the lower end of the 95 per cent interval",
        "el extremo inferior del intervalo del 95 por ciento",
    ),
    "design/randomised-trial": ("randomised trial", "ensayo aleatorizado"),
    "design/difference-in-differences": ("difference in differences", "diferencia en diferencias"),
}


def phrase(language: Language, key: str, **values: str) -> str:
    """The sentence of a key with its names filled in. Raises KeyError for an unknown key."""
    english, spanish = PHRASES[key]
    return (english if language is Language.ENGLISH else spanish).format(**values)
