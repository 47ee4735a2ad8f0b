"""Makes wordpiece.json: what Hugging Face's tokenizer of BERT makes of tricky texts. Run with transformers 5.18 installed:

    python make_wordpiece.py > wordpiece.json

`words` are those of BasicTokenizer, `ids` what WordpieceTokenizer makes of them with `vocabulary`.
"""
import json

from transformers.models.bert.tokenization_bert_legacy import BasicTokenizer, WordpieceTokenizer

TEXTS = [
    "",
    "  \t\r\n ",
    "Hello, World! It's 10:30 a.m. -- e-mail me@example.com ($5.99) [50%] {a|b} ~x^2_`y`",
    "unaffable unaffablexyz UNAFFABLE",
    "H\u00e9llo na\u00efve caf\u00e9 cafe\u0301 \u00c5ngstr\u00f6m \u00d8re stra\u00dfe \u0130stanbul",
    "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2 \u1f08\u03b3\u03b1\u03b8\u1fc6\u03b9 \u03a3",
    "\u535a\u63a8zz\u8eca\u7ad9 \u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8 \ud55c\uad6d\uc5b4 \U00020000x \uf900",
    "a\u0000b\ufffdc\u0007d\u200be\u00adf\ufeffg\ue000h",
    "no\u00a0break\u2003em\u3000ideographic\u2028line\u2029paragraph\u202fnarrow",
    "\u201cquotes\u201d \u2018single\u2019 \u00ab guillemets \u00bb \u2014 dash\u2013en \u2026 \u00bfque? \u00a1si! \u30fb \u3002",
    "\u20ac100 \u00a31 \u00a9 \u00ae \u2122 \u00b0C \u00bd \u00d7 \u2192 \U0001f600 \U0001f1e9\U0001f1ea",
    "\u0915\u094d\u0937\u093f \u0e44\u0e17\u0e22 \u0645\u064e\u0631\u0652\u062d\u0628\u0627 \u05e9\u05b8\u05dc\u05d5\u05b9\u05dd",
    "[CLS] text [SEP] [MASK] [UNK]",
    "x" * 100 + " " + "x" * 101,
    "\U0001d400" * 100 + " " + "\U0001d400" * 101,
    "\ufb01ne \u212b \u2126 \u01c5 \u1e9e",
]


def main():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "hello", "world", "hell", "##o", "caf", "ca", "##fe"]
    for lower in (True, False):
        basic = BasicTokenizer(do_lower_case=lower, never_split=[])
        for text in TEXTS[:12]:
            for word in basic.tokenize(text):
                for i, c in enumerate(word):
                    if c < "t" or c > "z":  # words with t to z are unknown, or need a longer piece
                        pieces.append(c if i == 0 else "##" + c)
    pieces += ["x", "##x", "##xx", "\U0001d400", "##\U0001d400", "##\U0001d400\U0001d400"]
    pieces = list(dict.fromkeys(pieces))
    wordpiece = WordpieceTokenizer(vocab={p: i for i, p in enumerate(pieces)}, unk_token="[UNK]")
    cases = []
    for lower in (True, False):
        basic = BasicTokenizer(do_lower_case=lower, never_split=[])
        for text in TEXTS:
            words = basic.tokenize(text)
            ids = [pieces.index(p) for word in words for p in wordpiece.tokenize(word)]
            cases.append({"text": text, "lowerCase": lower, "words": words, "ids": ids})
    print(json.dumps({"vocabulary": pieces, "cases": cases}, indent=None))


main()
