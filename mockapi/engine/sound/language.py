"""Which language a text is in, by its script and its commonest words. Names are those of Whisper, which the API reports in full."""

from __future__ import annotations

import re
from collections import Counter

# doc: openai/whisper, tokenizer.py: the languages that whisper-1 knows, by ISO 639-1 code (two have only longer ones)
_KNOWN = (
    "en:english zh:chinese de:german es:spanish ru:russian ko:korean fr:french ja:japanese pt:portuguese tr:turkish pl:polish "
    "ca:catalan nl:dutch ar:arabic sv:swedish it:italian id:indonesian hi:hindi fi:finnish vi:vietnamese he:hebrew uk:ukrainian "
    "el:greek ms:malay cs:czech ro:romanian da:danish hu:hungarian ta:tamil no:norwegian th:thai ur:urdu hr:croatian bg:bulgarian "
    "lt:lithuanian la:latin mi:maori ml:malayalam cy:welsh sk:slovak te:telugu fa:persian lv:latvian bn:bengali sr:serbian "
    "az:azerbaijani sl:slovenian kn:kannada et:estonian mk:macedonian br:breton eu:basque is:icelandic hy:armenian ne:nepali "
    "mn:mongolian bs:bosnian kk:kazakh sq:albanian sw:swahili gl:galician mr:marathi pa:punjabi si:sinhala km:khmer sn:shona "
    "yo:yoruba so:somali af:afrikaans oc:occitan ka:georgian be:belarusian tg:tajik sd:sindhi gu:gujarati am:amharic yi:yiddish "
    "lo:lao uz:uzbek fo:faroese ht:haitian_creole ps:pashto tk:turkmen nn:nynorsk mt:maltese sa:sanskrit lb:luxembourgish "
    "my:myanmar bo:tibetan tl:tagalog mg:malagasy as:assamese tt:tatar haw:hawaiian ln:lingala ha:hausa ba:bashkir jw:javanese "
    "su:sundanese yue:cantonese"
)
LANGUAGES = {code: name.replace("_", " ") for code, _, name in (pair.partition(":") for pair in _KNOWN.split())}

# Letters that belong to one language among those that share a script come before the script.
_SCRIPTS = (
    ("japanese", "\u3041-\u30ff\uff66-\uff9d"),
    ("korean", "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    ("chinese", "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"),
    ("ukrainian", "іїєґІЇЄҐ"),
    ("serbian", "ђјљњћџЂЈЉЊЋЏ"),
    ("russian", "\u0400-\u052f"),
    ("urdu", "ٹڈڑےں"),
    ("persian", "پچژگ"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("hebrew", "\u0590-\u05ff"),
    ("armenian", "\u0530-\u058f"),
    ("georgian", "\u10a0-\u10ff"),
    ("hindi", "\u0900-\u097f"),
    ("bengali", "\u0980-\u09ff"),
    ("punjabi", "\u0a00-\u0a7f"),
    ("gujarati", "\u0a80-\u0aff"),
    ("tamil", "\u0b80-\u0bff"),
    ("telugu", "\u0c00-\u0c7f"),
    ("kannada", "\u0c80-\u0cff"),
    ("malayalam", "\u0d00-\u0d7f"),
    ("sinhala", "\u0d80-\u0dff"),
    ("thai", "\u0e00-\u0e7f"),
    ("lao", "\u0e80-\u0eff"),
    ("tibetan", "\u0f00-\u0fff"),
    ("myanmar", "\u1000-\u109f"),
    ("khmer", "\u1780-\u17ff"),
    ("amharic", "\u1200-\u137f"),
)
_FOREIGN = [(name, re.compile(f"[{letters}]")) for name, letters in _SCRIPTS]
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_ONE_OF_THEM = 0.05  # share of letters of its own that tells a language from those it shares a script with
_MOST = 0.3  # share of letters that are not Latin
_LOOKED_AT = 2000

_COMMON = {
    "english": "the a and of to is that it for was you with this have are not be on in we what from they will i my no do hello thank good",
    "german": "der die das und ist nicht ein eine ich zu mit den auf für es dem von sich auch wir sie wie im aber guten danke hallo bitte",
    "french": "le la les et est des un une que pas pour dans je vous nous du qui sur avec ce il au bonjour merci c j l très",
    "spanish": "el la los las y es que de en un una por con no para del se lo como más pero muy hola gracias está buenos esto",
    "italian": "il lo la gli e è che di un una per con non sono del della si come più ma ciao grazie questo anche molto nel",
    "portuguese": "o a os as e é que de em um uma por com não para do da se mais mas muito olá obrigado você isso está bom dia boa são",
    "dutch": "de het een en is dat van niet ik je we zijn voor met op te ook maar naar wat hallo dank deze wordt",
    "swedish": "och att det är som en ett på för med jag inte den har vi av till hej tack du om",
    "danish": "og at det er som en et på for med jeg ikke den har vi af til hej tak du der hvad",
    "norwegian": "og at det er som en et på for med jeg ikke den har vi av til hei takk du hva noe",
    "finnish": "ja on ei se että hän minä oli mutta kun niin kuin ovat tämä hei kiitos mitä olen sinä myös",
    "polish": "i w nie na to się że jest z do jak ale co po tak dla dzień dobry dziękuję ja są",
    "czech": "a je se na to že v s z do ale jak co pro tak jsem není dobrý den děkuji jsou",
    "romanian": "și este nu în că o un la de cu pe pentru mai din sunt ce bună mulțumesc este dar",
    "hungarian": "a az és nem hogy egy is van ez de volt meg csak mint köszönöm szia jó nagyon vagyok",
    "turkish": "bir ve bu için çok ne ben de da var mi ama gibi değil daha merhaba teşekkür evet nasıl",
    "indonesian": "yang dan di ini itu dengan untuk tidak saya dari ada akan pada juga kami terima kasih selamat apa bisa",
    "vietnamese": "là và của có không tôi được một cho này người các trong với bạn xin chào cảm ơn",
}
_WEIGHTS = {name: frozenset(words.split()) for name, words in _COMMON.items()}
_MARKS = {
    "german": "ßäöü", "french": "çœêèùàâî", "spanish": "ñ¿¡", "portuguese": "ãõç", "polish": "łąęśżźćń", "czech": "řěůčšžý",
    "romanian": "țșăâî", "hungarian": "őűáé", "turkish": "ğışç", "swedish": "äåö", "danish": "æøå", "norwegian": "æøå", "finnish": "äö",
    "vietnamese": "ơưđạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ",
}  # fmt: skip


def guess_language(text: str) -> str:
    """The full lower-case name of a text's language; `english` where nothing tells."""
    text = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(text))
    if not text.isascii() and letters:
        shares = {name: len(pattern.findall(text)) / letters for name, pattern in _FOREIGN}
        if sum(shares.values()) > _MOST:
            for name in ("japanese", "ukrainian", "serbian", "urdu", "persian"):
                if shares[name] > _ONE_OF_THEM:
                    return name
            return max(shares, key=lambda name: shares[name])
    words = Counter(_WORD.findall(text.lower()))
    scores = {name: float(sum(count for word, count in words.items() if word in common)) for name, common in _WEIGHTS.items()}
    if not text.isascii():
        for name, marks in _MARKS.items():
            scores[name] += 0.5 * sum(text.count(mark) for mark in marks)
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > scores["english"] else "english"
