package io.sparktron.prep.clean;

import io.sparktron.prep.clean.Cleaning.Counted;

/**
 * Public IPv4 addresses become {@link #PLACEHOLDER}: four numbers up to 255 without leading zeros, with dots between, that touch no further
 * letter, digit or dot. Addresses of the special-purpose registry (RFC 6890: private, loopback, link-local, documentation and the like), multicast
 * and reserved ones stay, since they point at nobody. A version number of four parts such as 1.2.3.4 reads as an address and is masked too.
 */
final class AddressMask {
    static final String PLACEHOLDER = "<ip>";

    private static final int PARTS = 4;

    private AddressMask() {}

    static Counted mask(String text) {
        StringBuilder masked = null;
        int copied = 0;
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            if (!isDigit(text.charAt(at))) {
                at++;
                continue;
            }
            int end = at;
            while (end < text.length() && (isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
                end++; // all that could belong to it, so that each character is looked at once
            }
            int stop = end;
            while (text.charAt(stop - 1) == '.') {
                stop--; // the end of a sentence
            }
            boolean alone =
                    (at == 0 || !touches(text.charAt(at - 1))) && (end == text.length() || !touches(text.charAt(end)));
            if (alone && stop - at <= 15 && isPublic(text, at, stop)) {
                masked = masked == null ? new StringBuilder(text.length()) : masked;
                masked.append(text, copied, at).append(PLACEHOLDER);
                copied = stop;
                count++;
            }
            at = end;
        }
        return masked == null
                ? new Counted(text, 0)
                : new Counted(masked.append(text, copied, text.length()).toString(), count);
    }

    private static boolean isPublic(String text, int from, int to) {
        int[] parts = new int[PARTS];
        int part = 0;
        int digits = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '.') {
                part++;
                if (digits == 0 || part == PARTS) {
                    return false;
                }
                digits = 0;
            } else {
                boolean leadingZero = digits == 1 && parts[part] == 0;
                parts[part] = parts[part] * 10 + (c - '0');
                digits++;
                if (leadingZero || parts[part] > 255) {
                    return false;
                }
            }
        }
        return part == PARTS - 1 && digits > 0 && !isSpecial(parts[0], parts[1], parts[2]);
    }

    private static boolean isSpecial(int a, int b, int c) {
        return switch (a) {
            case 0, 10, 127 -> true;
            case 100 -> b >= 64 && b < 128;
            case 169 -> b == 254;
            case 172 -> b >= 16 && b < 32;
            case 192 -> b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99);
            case 198 -> b == 18 || b == 19 || (b == 51 && c == 100);
            case 203 -> b == 0 && c == 113;
            default -> a >= 224;
        };
    }

    private static boolean touches(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
