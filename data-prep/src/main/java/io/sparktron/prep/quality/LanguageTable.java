package io.sparktron.prep.quality;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The profiles of the alphabetic languages as one table from n-gram to the weights of languages. A weight is log((p + e) / e) in steps of 1 / {@value #STEPS}, where p is
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

    /** An n-gram that more languages know has a weight for each, 0 for the others: the processor adds whole vectors of them faster than it finds a few. */
    private static final int SPARSE = 10;

    private final long[] keys; // [slots] n-gram; 0 = free
    private final int[] rows; // [slots] where the row begins in sparse, or ~ where it begins in dense
    private final int[] sparse; // rows: number of languages, then language and weight of each
    private final int[] dense; // rows: weight of each language

    /** Reading takes a third of a second, so it is done once, at first use. */
    private static final class Holder {
        static final LanguageTable TABLE =
                new LanguageTable(CODES.stream().map(LanguageProfile::read).toList());
    }

    static LanguageTable get() {
        return Holder.TABLE;
    }

    private LanguageTable(List<LanguageProfile> profiles) {
        Map<Long, int[]> weights = new TreeMap<>(); // by n-gram: of each language
        for (int language = 0; language < profiles.size(); language++) {
            for (Map.Entry<Long, Double> gram : profiles.get(language).shares().entrySet()) {
                weights.computeIfAbsent(gram.getKey(), none -> new int[profiles.size()])[language] =
                        weight(gram.getValue());
            }
        }
        int slots = Integer.highestOneBit(weights.size()) << 2;
        keys = new long[slots];
        rows = new int[slots];
        IntStream.Builder few = IntStream.builder();
        IntStream.Builder many = IntStream.builder();
        int fewSize = 0;
        int manySize = 0;
        for (Map.Entry<Long, int[]> gram : weights.entrySet()) {
            int[] row = gram.getValue();
            int known = (int) Arrays.stream(row).filter(weight -> weight > 0).count();
            if (known > SPARSE) {
                insert(gram.getKey(), ~manySize);
                Arrays.stream(row).forEach(many);
                manySize += row.length;
            } else {
                insert(gram.getKey(), fewSize);
                few.add(known);
                IntStream.range(0, row.length)
                        .filter(language -> row[language] > 0)
                        .forEach(language -> few.add(language).add(row[language]));
                fewSize += 1 + 2 * known;
            }
        }
        sparse = few.build().toArray();
        dense = many.build().toArray();
    }

    private static int weight(double share) {
        return (int) Math.round(STEPS * StrictMath.log((share + FLOOR) / FLOOR));
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

    /** Adds the weights of an n-gram to the sums of the languages. */
    void add(long gram, int[] sums) {
        for (int slot = slot(gram); keys[slot] != 0; slot = (slot + 1) & (keys.length - 1)) {
            if (keys[slot] == gram) {
                addRow(rows[slot], sums);
                return;
            }
        }
    }

    private void addRow(int row, int[] sums) {
        if (row < 0) {
            int from = ~row;
            for (int language = 0; language < sums.length; language++) {
                sums[language] += dense[from + language];
            }
        } else {
            int end = row + 2 * sparse[row];
            for (int i = row; i < end; i += 2) {
                sums[sparse[i + 1]] += sparse[i + 2];
            }
        }
    }
}
