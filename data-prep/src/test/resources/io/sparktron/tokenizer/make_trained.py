"""Makes trained.json: what Hugging Face's library makes of texts with the files that our trainers write.

    java io.sparktron.tokenizer.TrainedTokenizers FOLDER   (main and test classes on the class path)
    python make_trained.py FOLDER > trained.json                   (tokenizers 0.23 installed)

For each tokenizer: the SHA-256 of the tokenizer.json that was loaded, and the ids of each text. Texts that spell a special token are taken as text (encode_special_tokens). The
byte-pair encoding is loaded from vocab.json and merges.txt too, and trained again by Hugging Face's trainer from the same words: both must agree before anything is written.
"""
import hashlib
import json
import os
import sys

from tokenizers import ByteLevelBPETokenizer, Tokenizer, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
MORE = [
    "",
    " ",
    "\n\n\n",
    "a\tb\r\nc \u00a0 d\u3000e\u2028f\u0085g \x1c h\u180ei\u200bj\ufeffk",
    "she's SHE'S 'tis ''ll 'll 'lx ' s' 're' 'v 've'd",
    "Unseen words: zymurgy, \u017bubr, \u0416\u0443\u043a, \u9f98, \u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6, \u10d2\u10d0\u10db\u10d0\u10e0\u10ef\u10dd\u10d1\u10d0",
    "caf\u00e9 cafe\u0301 \u00c5ngstr\u00f6m \u0130 \u1e9e \ufb01 \u212b",
    "\u039f\u0394\u039f\u03a3 \u03a3 \u03a3\u0391\u03a3, \u0391\u03a3. \u03a3\u03a3 \u0391\u0301\u03a3\u0301 \u0391\u0000\u03a3\u0000 \u4e2d\u03a3",
    "e\u0000\u0301 e\u200d\u0301 \uf900\u0301 \u1100\u1161 \u0344",
    "12 345 \u0661\u0662 \u00bd\u2167\u2461 x\u00b2 3.14",
    "\U0001f469\u200d\U0001f4bb\U0001f1e9\U0001f1ea \U0001d400\U0001d7ce \U00020000",
    "x" * 300,
    "ab" * 60 + " " + "-" * 90 + " " * 70 + "end",
    "a\u0000b\u0007c\ufffdd\ue000e\u00adf",
]


def main(folder):
    with open(os.path.join(HERE, "trained-corpus.txt"), encoding="utf-8") as file:
        corpus = file.read()
    lines = corpus.rstrip("\n").split("\n")
    texts = lines + [corpus] + MORE
    result = {"texts": texts}
    for name in ("bpe", "uncased", "cased"):
        path = os.path.join(folder, name, "tokenizer.json")
        tokenizer = Tokenizer.from_file(path)
        tokenizer.encode_special_tokens = True
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        with open(path, "rb") as file:
            result[name] = {"sha256": hashlib.sha256(file.read()).hexdigest(), "ids": ids}
        if name == "bpe":
            assert [tokenizer.decode(i) for i in ids] == texts
            files = [os.path.join(folder, name, file) for file in ("vocab.json", "merges.txt")]
            other = ByteLevelBPETokenizer(*files)
            assert [other.encode(text).ids for text in texts] == ids
            assert merges(tokenizer) == merges(trained(lines, len(tokenizer.get_vocab()) - 1))
        else:  # what it decodes, special pieces written out
            result[name]["texts"] = [tokenizer.decode(i, skip_special_tokens=False) for i in ids]
    print(json.dumps(result))


def merges(tokenizer):
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in merges]


def trained(lines, size):
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, initial_alphabet=byte_level.alphabet(), special_tokens=[], show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


main(sys.argv[1])
