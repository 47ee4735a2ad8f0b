package io.sparktron.prep.clean;

import io.sparktron.prep.clean.Cleaning.Counted;

/**
 * E-mail addresses become {@link #PLACEHOLDER}: up to 64 ASCII letters, digits and {@code . _ % + -}, an at sign, and a domain of two labels
 * or more of which the last has two letters or more. Addresses with other scripts or quoted local parts stay.
 */
final class EmailMask {
    static final String PLACEHOLDER = "<email>";

    /** Of the part before the at sign (RFC 5321, section 4.5.3.1); it also bounds how far each at sign looks back. */
    private static final int LONGEST_LOCAL = 64;

    private static final int LONGEST_DOMAIN = 255;

    private EmailMask() {}

    static Counted mask(String text) {
        StringBuilder masked = null;
        int copied = 0;
        int count = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            int start = localStart(text, at, copied);
            int end = start < at ? domainEnd(text, at + 1) : -1;
            if (end > 0) {
                masked = masked == null ? new StringBuilder(text.length()) : masked;
                masked.append(text, copied, start).append(PLACEHOLDER);
                copied = end;
                count++;
                at = end - 1;
            }
        }
        return masked == null
                ? new Counted(text, 0)
                : new Counted(masked.append(text, copied, text.length()).toString(), count);
    }

    private static int localStart(String text, int at, int from) {
        int start = at;
        int limit = Math.max(from, at - LONGEST_LOCAL);
        while (start > limit && isLocal(text.charAt(start - 1))) {
            start--;
        }
        while (start < at && text.charAt(start) == '.') {
            start++; // the end of the sentence before
        }
        return start;
    }

    /** The end of the domain that begins here; -1 if there is none. */
    private static int domainEnd(String text, int from) {
        int end = from;
        int limit = Math.min(text.length(), from + LONGEST_DOMAIN);
        while (end < limit
                && (isAlphanumeric(text.charAt(end)) || text.charAt(end) == '-' || text.charAt(end) == '.')) {
            end++;
        }
        while (end > from && !isLetter(text.charAt(end - 1))) {
            end--;
        }
        int label = end;
        while (label > from && isLetter(text.charAt(label - 1))) {
            label--;
        }
        boolean whole = label > from + 1 && text.charAt(label - 1) == '.' && isAlphanumeric(text.charAt(from));
        return whole && end - label >= 2 ? end : -1;
    }

    private static boolean isLocal(char c) {
        return isAlphanumeric(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
    }

    private static boolean isAlphanumeric(char c) {
        return isLetter(c) || (c >= '0' && c <= '9');
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
