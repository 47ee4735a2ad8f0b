package io.sparktron.prep.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Precision and recall of the documents dropped as duplicates. */
final class DuplicateScore {
    private static final int SHOWN = 10;

    private final Map<Long, BenchDocument> documents = new HashMap<>();
    private final Map<Long, long[]> shingles = new HashMap<>();
    private final double threshold;

    /**
     * @param gram words of a shingle
     * @param threshold what a near duplicate's similarity exceeds
     */
    DuplicateScore(List<BenchDocument> all, int gram, double threshold) {
        this.threshold = threshold;
        for (BenchDocument document : all) {
            documents.put(document.id(), document);
            if (document.text() != null) {
                shingles.put(document.id(), document.shingles(gram));
            }
        }
    }

    void print(PrintStream out) {
        precision("exact-duplicate", out);
        precision("near-duplicate", out);
        recall(out);
    }

    /** Over (dropped, survivor) pairs: right is a survivor that itself was not dropped as a duplicate, and is similar enough. */
    private void precision(String stage, PrintStream out) {
        long dropped = 0;
        List<String> wrong = new ArrayList<>();
        for (BenchDocument document : documents.values()) {
            if (stage.equals(document.stage())) {
                dropped++;
                double similarity = AllPairs.similarity(
                        shingles.get(document.id()), shingles.getOrDefault(document.survivor(), new long[0]));
                BenchDocument survivor = documents.get(document.survivor());
                boolean similar = stage.startsWith("exact")
                        ? similarity == 1 || document.text().equals(survivor.text())
                        : similarity > threshold;
                if (!similar || stage.equals(survivor.stage())) {
                    wrong.add(similarity + " " + document.location() + " for " + survivor.location() + " ("
                            + (survivor.isKept() ? "kept" : survivor.stage()) + ")");
                }
            }
        }
        out.printf(
                "%s: %d dropped, %d wrong, precision %.6f%n",
                stage, dropped, wrong.size(), share(dropped - wrong.size(), dropped));
        show(wrong, "wrong", out);
    }

    /** Of the documents that have a partner, those that do not stand beside one in the output. */
    private void recall(PrintStream out) {
        List<BenchDocument> compared =
                documents.values().stream().filter(BenchDocument::wasCompared).toList();
        List<AllPairs.Pair> pairs = AllPairs.of(
                compared.stream().map(document -> shingles.get(document.id())).toList(), threshold);
        out.printf(
                "%d documents compared, %d pairs at %.2f or more by brute force%n",
                compared.size(), pairs.size(), threshold);
        double[] borders = {threshold, 0.75, 0.8, 0.9, 1};
        for (int i = 0; i < borders.length; i++) {
            recall(compared, pairs, borders[i], i + 1 < borders.length ? borders[i + 1] : 2, out);
        }
        recall(compared, pairs, 0.8, 2, out);
    }

    private void recall(
            List<BenchDocument> compared, List<AllPairs.Pair> pairs, double from, double to, PrintStream out) {
        Set<Integer> partnered = new HashSet<>();
        Set<Integer> left = new HashSet<>();
        List<String> missed = new ArrayList<>();
        for (AllPairs.Pair pair : pairs) {
            if (pair.similarity() < from || pair.similarity() >= to || pair.similarity() <= threshold) {
                continue;
            }
            partnered.add(pair.one());
            partnered.add(pair.other());
            BenchDocument one = compared.get(pair.one());
            BenchDocument other = compared.get(pair.other());
            if (!isNear(one) && !isNear(other)) {
                left.add(pair.one());
                left.add(pair.other());
                missed.add(pair.similarity() + " " + one.location() + " and " + other.location());
            }
        }
        out.printf(
                "partner at %.2f%s: %d documents, %d beside one in the output (%d pairs), recall %.6f%n",
                from,
                to > 1 ? " or more" : " to " + to,
                partnered.size(),
                left.size(),
                missed.size(),
                share(partnered.size() - left.size(), partnered.size()));
        if (from >= 0.8 && to > 1) {
            show(missed, "missed", out);
        }
    }

    private static boolean isNear(BenchDocument document) {
        return "near-duplicate".equals(document.stage());
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 1 : (double) part / whole;
    }

    private static void show(List<String> faults, String what, PrintStream out) {
        faults.stream().sorted().limit(SHOWN).forEach(fault -> out.println("  " + what + ": " + fault));
    }
}
