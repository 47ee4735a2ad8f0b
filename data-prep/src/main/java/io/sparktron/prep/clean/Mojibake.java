package io.sparktron.prep.clean;

import io.sparktron.prep.clean.Cleaning.Counted;
import java.util.Arrays;

/**
 * Repairs mojibake: UTF-8 that was once read as Latin-1 or Windows-1252 and stored again, so that an e acute shows as two signs.
 *
 * <p>A sequence is decoded only if its signs, taken as bytes, are one whole UTF-8 sequence, and if {@link MojibakeRule} finds it improbable as real text. What
 * comes out may be mojibake again, where the mistake was made twice: three layers are peeled at most. Linear in the length.
 */
final class Mojibake {
    private static final int LAYERS = 3;
    /** The signs that Windows-1252 has for 80 ... 9F; 0 where it has none. */
    private static final String WINDOWS_1252 =
            "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0\u017D\0"
                    + "\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    private static final int FIRST_LEAD = 0xC2;
    private static final int LAST_LEAD = 0xF4;
    private static final short[] BYTES = bytes();

    private Mojibake() {}

    static Counted repair(String text) {
        String repaired = text;
        int count = 0;
        for (int layer = 0; layer < LAYERS; layer++) {
            Counted peeled = peel(repaired);
            if (peeled.count() == 0) {
                break;
            }
            repaired = peeled.text();
            count += peeled.count();
        }
        return new Counted(repaired, count);
    }

    private static Counted peel(String text) {
        StringBuilder repaired = null;
        int copied = 0;
        int count = 0;
        int last = 0; // what the sequence before became, and where it ended
        int lastEnd = -1;
        for (int at = 0; at < text.length(); at++) {
            char lead = text.charAt(at);
            if (lead < FIRST_LEAD || lead > LAST_LEAD) {
                continue;
            }
            int decoded = decode(text, at);
            if (decoded < 0) {
                continue;
            }
            int end = at + length(lead);
            boolean follows = last != 0 && near(text, lastEnd, at) && MojibakeRule.sameScript(last, decoded);
            if (MojibakeRule.isImprobable(text, at, end, decoded, lastEnd == at, follows)) {
                repaired = repaired == null ? new StringBuilder(text.length()) : repaired;
                repaired.append(text, copied, at).appendCodePoint(decoded);
                copied = end;
                count++;
                last = decoded;
                lastEnd = end;
                at = end - 1;
            }
        }
        return repaired == null
                ? new Counted(text, 0)
                : new Counted(repaired.append(text, copied, text.length()).toString(), count);
    }

    /** Whether at most two signs stand between, and no letter. */
    private static boolean near(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (i - from == 2 || Character.isLetter(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The code point of the UTF-8 sequence that the signs from here spell as bytes; -1 if they spell none. */
    static int decode(String text, int at) {
        if (at >= text.length()) {
            return -1;
        }
        char lead = text.charAt(at);
        if (lead < FIRST_LEAD || lead > LAST_LEAD) {
            return -1;
        }
        int length = length(lead);
        if (at + length > text.length()) {
            return -1;
        }
        int code = lead & (0x7F >> length);
        for (int i = at + 1; i < at + length; i++) {
            int value = byteOf(text.charAt(i));
            if (value < 0x80 || value > 0xBF) {
                return -1;
            }
            code = code << 6 | value & 0x3F;
        }
        boolean shortest = code >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        return shortest && !surrogate && Character.isDefined(code) ? code : -1;
    }

    static int length(char lead) {
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }

    /** The byte that Latin-1 or Windows-1252 reads as this sign; -1 if neither has it. */
    static int byteOf(char sign) {
        return sign < BYTES.length ? BYTES[sign] : -1;
    }

    private static short[] bytes() {
        short[] bytes = new short[0x2123];
        Arrays.fill(bytes, (short) -1);
        for (int i = 0; i < 0x100; i++) {
            bytes[i] = (short) i;
        }
        for (int i = 0; i < WINDOWS_1252.length(); i++) {
            if (WINDOWS_1252.charAt(i) != 0) {
                bytes[WINDOWS_1252.charAt(i)] = (short) (0x80 + i);
            }
        }
        return bytes;
    }
}
