package io.sparktron.tokenizer;

import java.util.Random;

/** Texts in which everything that a tokenizer treats apart is frequent. */
final class RandomTexts {
    private static final String SPACES =
            " \n\t\r\u000B\u001C\u0085\u00A0\u1680\u180E\u2003\u2028\u202F\u3000\uFEFF\u200B";
    private static final String[] PARTS = {
        "'s",
        "'S",
        "'re",
        "'v",
        "'ll",
        "'l",
        "'d",
        "''",
        "\u2019s",
        "the",
        " of",
        "123",
        "\u0661\u0662",
        "\u00BD",
        "\u2167",
        "caf\u00E9",
        "cafe\u0301",
        "\u65E5\u672C",
        "\uD55C\uAD6D",
        "\u0928\u092E\u0938\u094D",
        "<|endoftext|>",
        "\uD83D\uDC69\u200D\uD83D\uDCBB",
        "\uD835\uDC00",
        "\uD835\uDFCE",
        "\uD840\uDC00"
    };

    private RandomTexts() {}

    static String next(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(9)) {
                case 0, 1 -> text.append((char) ('a' + random.nextInt(26)));
                case 2 -> text.append(SPACES.charAt(random.nextInt(SPACES.length())));
                case 3 -> text.append((char) random.nextInt(0x80));
                case 4 -> text.append(PARTS[random.nextInt(PARTS.length)]);
                case 5 -> text.appendCodePoint(random.nextInt(0x3000)); // no surrogates
                case 6 -> text.append((char) random.nextInt(0x10000)); // lone ones too
                case 7 -> text.appendCodePoint(random.nextInt(0x110000));
                default -> text.append(' ');
            }
        }
        return text.toString();
    }
}
