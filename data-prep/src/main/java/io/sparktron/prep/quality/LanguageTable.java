package io.sparktron.prep.quality;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The profiles of the alphabetic languages as one sparse table from n-gram to (language, weight). A weight is log((p + e) / e) in steps of 1 / {@value #STEPS}, where p is
 * the n-gram's share in the language and e = {@value #FLOOR} what an n-gram counts that its profile lacks: whole numbers, so that sums have no order.
 */
final class LanguageTable {
    /** Languages with a profile, by their codes of ISO 639-1. */
    static final List<String> CODES = List.of(
            ("af an ar be bg bn br ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr ht hu id is it km kn lt lv mk ml mr ms mt "
                            + "ne nl no oc pa pl pt ro ru sk sl so sq sr sv sw ta te th tl tr uk ur vi yi")
                    .split(" "));

    static final int STEPS = 256;
    static final double FLOOR = 2e-5;

    private final long[] keys; // [slots] n-gram; 0 = free
    private final int[] rows; // [slots]
    private final int[] starts; // [rows + 1] of a row in the next two
    private final byte[] languages;
    private final short[] weights;

    /** Reading takes a third of a second, so it is done once, at first use. */
    private static final class Holder {
        static final LanguageTable TABLE =
                new LanguageTable(CODES.stream().map(LanguageProfile::read).toList());
    }

    static LanguageTable get() {
        return Holder.TABLE;
    }

    private LanguageTable(List<LanguageProfile> profiles) {
        Map<Long, Integer> numbers = new HashMap<>();
        for (LanguageProfile profile : profiles) {
            profile.shares().keySet().forEach(gram -> numbers.putIfAbsent(gram, numbers.size()));
        }
        starts = new int[numbers.size() + 1];
        for (LanguageProfile profile : profiles) {
            profile.shares().keySet().forEach(gram -> starts[numbers.get(gram) + 1]++);
        }
        for (int row = 0; row < numbers.size(); row++) {
            starts[row + 1] += starts[row];
        }
        languages = new byte[starts[numbers.size()]];
        weights = new short[languages.length];
        int[] next = starts.clone();
        for (int language = 0; language < profiles.size(); language++) {
            for (Map.Entry<Long, Double> gram : profiles.get(language).shares().entrySet()) {
                int at = next[numbers.get(gram.getKey())]++;
                languages[at] = (byte) language;
                weights[at] = weight(gram.getValue());
            }
        }
        int slots = Integer.highestOneBit(numbers.size()) << 2;
        keys = new long[slots];
        rows = new int[slots];
        numbers.forEach(this::insert);
    }

    private static short weight(double share) {
        return (short) Math.round(STEPS * StrictMath.log((share + FLOOR) / FLOOR));
    }

    private void insert(long gram, int row) {
        int slot = slot(gram);
        while (keys[slot] != 0) {
            slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = gram;
        rows[slot] = row;
    }

    private int slot(long gram) {
        return (int) (gram * 0x9E3779B97F4A7C15L >>> 40) & (keys.length - 1);
    }

    /** Adds the weights of an n-gram to the sums of the languages; returns whether any knows it. */
    boolean add(long gram, int[] sums) {
        for (int slot = slot(gram); keys[slot] != 0; slot = (slot + 1) & (keys.length - 1)) {
            if (keys[slot] == gram) {
                int end = starts[rows[slot] + 1];
                for (int i = starts[rows[slot]]; i < end; i++) {
                    sums[languages[i]] += weights[i];
                }
                return true;
            }
        }
        return false;
    }
}
