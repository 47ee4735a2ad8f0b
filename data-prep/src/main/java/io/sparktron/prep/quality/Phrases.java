package io.sparktron.prep.quality;

/** Looks for C4's phrases, whatever their case, in one pass: each is recognised by a letter in it that is rare. */
final class Phrases {
    private static final String JAVASCRIPT = "javascript";
    private static final String LOREM_IPSUM = "lorem ipsum";
    private static final String TERMS = "terms of use";
    private static final String PRIVACY = "privacy policy";
    private static final String COOKIE = "cookie policy";
    private static final String[] COOKIES = {"uses cookies", "use of cookies", "use cookies"};

    private int javascriptLines;
    private int policyLines;
    private int loremIpsum;
    private int javascriptUntil; // end of the line that was counted last
    private int policyUntil;

    void read(String text) {
        javascriptLines = policyLines = loremIpsum = javascriptUntil = policyUntil = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i) | 0x20) {
                case 'j' -> {
                    if (i >= javascriptUntil && is(text, i, JAVASCRIPT)) {
                        javascriptLines++;
                        javascriptUntil = lineEnd(text, i);
                    }
                }
                case 'm' -> loremIpsum += is(text, i - 4, LOREM_IPSUM) ? 1 : 0;
                case 'f', 'k', 'v' -> {
                    if (i >= policyUntil && isPolicy(text, i)) {
                        policyLines++;
                        policyUntil = lineEnd(text, i);
                    }
                }
                default -> {}
            }
        }
    }

    private static boolean isPolicy(String text, int i) {
        if (is(text, i - 7, TERMS) || is(text, i - 3, PRIVACY) || is(text, i - 3, COOKIE)) {
            return true;
        }
        if (!is(text, i - 3, "cookies")) {
            return false;
        }
        for (String phrase : COOKIES) {
            if (is(text, i + "kies".length() - phrase.length(), phrase)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(String text, int from, String phrase) {
        return text.regionMatches(true, from, phrase, 0, phrase.length());
    }

    private static int lineEnd(String text, int from) {
        int feed = text.indexOf('\n', from);
        return feed < 0 ? text.length() : feed;
    }

    /** Lines that contain "javascript". */
    int javascriptLines() {
        return javascriptLines;
    }

    /** Lines that contain one of C4's phrases of terms of use and cookie policies. */
    int policyLines() {
        return policyLines;
    }

    int loremIpsum() {
        return loremIpsum;
    }
}
