"""Which languages the known sentence encoders know, by their makers' cards.

An encoder gives vectors for any text, and those of a language that it never saw are near to each
other whatever they say. One that is not here is taken to know English alone; a recipe's `encoders`
says otherwise.
"""

from collections.abc import Mapping

from inference.models import SHIPPED_ENCODERS

_ENGLISH = frozenset({"en"})
_FIFTY = frozenset(
    """
    ar bg ca cs da de el en es et fa fi fr gl gu he hi hr hu hy id it ja ka ko ku lt lv mk mn mr ms
    my nb nl pl pt ro ru sk sl sq sr sv th tr uk ur vi zh
    """.split()
)
_HUNDRED = frozenset(
    """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi
    hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa
    pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh
    """.split()
)

ENCODER_LANGUAGES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(SHIPPED_ENCODERS, _ENGLISH),
    "sentence-transformers/all-MiniLM-L6-v2": _ENGLISH,
    "sentence-transformers/all-mpnet-base-v2": _ENGLISH,
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": _FIFTY,
    "sentence-transformers/paraphrase-multilingual-mpnet-base-v2": _FIFTY,
    "sentence-transformers/distiluse-base-multilingual-cased-v2": _FIFTY,
    "sentence-transformers/LaBSE": _HUNDRED,
    "intfloat/multilingual-e5-small": _HUNDRED,
    "intfloat/multilingual-e5-base": _HUNDRED,
    "intfloat/multilingual-e5-large": _HUNDRED,
    "BAAI/bge-m3": _HUNDRED,
    "BAAI/bge-small-zh-v1.5": frozenset({"zh"}),
    "BAAI/bge-base-zh-v1.5": frozenset({"zh"}),
}
"""Languages by the encoder's name in a recipe, without its revision."""


def languages_of_encoder(name: str) -> frozenset[str]:
    """The languages that an encoder is known to know.

    Example:
        >>> sorted(languages_of_encoder("all-MiniLM-L6-v2"))
        ['en']
    """
    return ENCODER_LANGUAGES.get(name.partition("@")[0], _ENGLISH)
