"""Whether a name of the Latin script stands in a text of another one, told by its consonants."""

import re
from difflib import SequenceMatcher
from functools import cache

from base.digests import Json, pattern_part

_LATIN = {
    **dict.fromkeys("bpfvw", "P"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("gkqcx", "K"),
    **dict.fromkeys("szj", "S"),
    **dict.fromkeys("mn", "N"),
    **dict.fromkeys("lr", "L"),
}
# From the letter ka on, as all blocks of Indian scripts have them; a point is a letter that no
# class has (ya, ha).
_INDIC = "KKKKNSSSSNTTTTNTTTTNNPPPPN.LLLLLPSSS."
_INDIC_BLOCKS = (0x900, 0xB80, 0xD00)
_KA = 0x15
_SILENT = re.compile(r"\A[wk](?=[rn])|(?<=[aeo])w\Z|w(?=s\Z)")  # Wrenfield, Harlow
_ANUSVARA = "\u0902\u0b82\u0d02"
_CHILLU = {"\u0d7d": "L", "\u0d7e": "L", "\u0d7c": "L", "\u0d7b": "N", "\u0d7a": "N", "\u0d7f": "K"}
# Characters that Chinese writes foreign names with, by their consonants.
_HAN = {
    "T": "特德托达塔泰蒂提多杜图道戴代得迪都陶太忒大黛汀朵",
    "TN": "顿丁廷登邓丹坦汤滕唐廷敦东",
    "P": "布巴贝比伯鲍波博普佩皮帕弗福费法菲夫维瓦威韦沃伍乌毕彼保佛芙拜培薇娃飞柏宝",
    "PN": "本班宾彭潘冯范文温旺丰芬邦贲",
    "K": "克卡科考柯凯格戈古盖加哥基库久喀奎葛",
    "KN": "肯金根冈甘坎康",
    "S": "斯萨塞沙谢希史施舒苏索西什思士司扎兹泽佐茨杰吉贾乔查切奇其朱莎瑟约茱姬齐契",
    "SN": "森桑辛孙申尚圣珊欣琼简晋钱钦詹珍逊松",
    "N": "尼纳诺内奈恩安因努娜妮马米莫穆梅姆玛默密迈麦翰汉",
    "NN": "曼蒙门南嫩敏",
    "L": "拉罗尔洛雷里利莉丽勒莱卢鲁路劳列累洁丽瑞茹萝蕾露璐珞",
    "LN": "伦林兰隆伦朗伦仑琳龙",
    "": "埃艾伊奥欧亚阿雅尤优耶叶哈海赫霍胡黑豪亨洪怀华娅依怡爱",
}
_SAME_START, _SAME_RUN = 0.75, 0.6
_LEAST_RUN = 2
_LEAST_CLASSES, _LONG = 2, 4
_RUN_OF_HAN = re.compile(f"[{''.join(_HAN.values())}]{{{_LEAST_RUN},}}")
_REPEATED = re.compile(r"([A-Z])\1+")


def transliteration_part() -> Json:
    """What this depends on, for a digest."""
    tables: list[Json] = [dict(_LATIN), _INDIC, list(_INDIC_BLOCKS), dict(_CHILLU), dict(_HAN)]
    patterns = [pattern_part(each) for each in (_RUN_OF_HAN, _REPEATED, _SILENT)]
    numbers = [_KA, _SAME_START, _SAME_RUN, _LEAST_RUN, _LEAST_CLASSES, _LONG]
    return [*tables, *patterns, *numbers, _ANUSVARA]


def sounds_in(name: str, text: str, language: str) -> bool:
    """Whether the consonants of a name are somewhere in a text.

    Args:
        name: A name in Latin letters.
        text: A text in the script of the language.
        language: The code of a language with a script of its own: `zh`, `mr`, `ta`, `ml`.

    >>> sounds_in("Petra", "माझ्या पेट्राला पटवून द्या", "mr")
    True
    >>> sounds_in("Petra", "माझ्या मित्राला पटवून द्या", "mr")
    False
    """
    if not can_be_heard(name):
        return True
    wanted = _classes(name.lower())
    if language == "zh":
        return any(_alike(wanted, _classes(run)) for run in _RUN_OF_HAN.findall(text))
    return any(_begins(_classes(word), wanted) for word in text.split())


def can_be_heard(name: str) -> bool:
    """Whether a name has consonants enough to be told by them.

    >>> can_be_heard("Marlow"), can_be_heard("Edda")
    (True, False)
    """
    return len(_classes(name.lower())) >= _LEAST_CLASSES


def _begins(word: str, wanted: str) -> bool:
    """Whether a word begins like the name; a w at its end is not always written."""
    if word.startswith(wanted) or (wanted[-1] == "P" and len(wanted) > 2 and word == wanted[:-1]):
        return True
    if wanted[-1] == "N" and len(wanted) > _LEAST_CLASSES and word.startswith(wanted[:-1] + "T"):
        return True  # Callum, in the dative of Malayalam and Tamil
    start = word[: len(wanted)]
    long = len(wanted) >= _LONG and len(start) >= len(wanted) - 1 > 0
    return (
        long
        and start[0] == wanted[0]
        and SequenceMatcher(None, wanted, start, autojunk=False).ratio() >= _SAME_START
    )


def _alike(wanted: str, run: str) -> bool:
    """Whether a run of characters, or a part of it, sounds like the name."""
    sizes = range(max(1, len(wanted) - 1), len(wanted) + 2)
    parts = {run[start : start + size] for size in sizes for start in range(len(run))}
    return any(
        SequenceMatcher(None, wanted, part, autojunk=False).ratio() >= _SAME_RUN for part in parts
    )


def _classes(text: str) -> str:
    known = _letters()
    found = "".join(known.get(letter, "") for letter in _SILENT.sub("", text).replace("ch", "s"))
    return _REPEATED.sub(r"\1", found)


@cache
def _letters() -> dict[str, str]:
    indic = {
        chr(block + _KA + place): kind.replace(".", "")
        for block in _INDIC_BLOCKS
        for place, kind in enumerate(_INDIC)
    }
    return {**_LATIN, **indic, **_CHILLU, **dict.fromkeys(_ANUSVARA, "N"), **_han()}


@cache
def _han() -> dict[str, str]:
    return {letter: kind for kind, letters in _HAN.items() for letter in letters}
