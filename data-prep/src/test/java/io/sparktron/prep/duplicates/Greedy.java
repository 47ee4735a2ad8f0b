package io.sparktron.prep.duplicates;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The oracle: all pairs, one after the other, on sets of strings. Its texts hold ASCII letters, digits and white space only. */
final class Greedy {
    record Fate(Long survivor, Double similarity) {}

    private final List<Planted.Document> ordered;
    private final Map<Long, Set<String>> shingles = new HashMap<>();
    private final Map<Long, long[]> bands = new HashMap<>();
    private final Map<Long, long[]> sketches = new HashMap<>();
    private final Sketch sketch;
    private final double threshold;

    Greedy(List<Planted.Document> documents, DuplicateSettings settings) {
        threshold = settings.threshold();
        sketch = Sketch.of(settings);
        ordered = new ArrayList<>(documents);
        ordered.sort(Comparator.comparingLong((Planted.Document document) -> -document.characters())
                .thenComparingInt(Planted.Document::priority)
                .thenComparingLong(Planted.Document::id));
        MinHash minHash = new MinHash(settings.banding(), new Shingles(settings.unit(), settings.shingle()));
        for (Planted.Document document : documents) {
            shingles.put(document.id(), shingles(document.text(), settings.shingle()));
            bands.put(document.id(), minHash.bands(document.text()));
            int[] signature = minHash.signature(document.text());
            sketches.put(document.id(), Sketch.unpack(Sketch.pack(signature == null ? new int[0] : signature)));
        }
    }

    /** The fate of every document that was dropped. */
    Map<Long, Fate> dropped() {
        Map<Long, Fate> dropped = new HashMap<>();
        List<Long> kept = new ArrayList<>();
        for (Planted.Document document : ordered) {
            Fate fate = null;
            for (int i = 0; i < kept.size() && fate == null; i++) {
                double similarity = similarity(document.id(), kept.get(i));
                if (similarity > threshold && meet(document.id(), kept.get(i))) {
                    fate = new Fate(kept.get(i), similarity);
                }
            }
            if (fate == null) {
                kept.add(document.id());
            } else {
                dropped.put(document.id(), fate);
            }
        }
        return dropped;
    }

    double similarity(long a, long b) {
        Set<String> shared = new HashSet<>(shingles.get(a));
        shared.retainAll(shingles.get(b));
        int union = shingles.get(a).size() + shingles.get(b).size() - shared.size();
        return union == 0 ? 0 : (double) shared.size() / union;
    }

    /** Whether two documents are compared at all. */
    boolean meet(long a, long b) {
        return shareBucket(a, b) && sketch.admits(sketches.get(a), sketches.get(b));
    }

    boolean shareBucket(long a, long b) {
        long[] ofA = bands.get(a);
        long[] ofB = bands.get(b);
        for (int i = 0; i < Math.min(ofA.length, ofB.length); i++) {
            if (ofA[i] == ofB[i]) {
                return true;
            }
        }
        return false;
    }

    boolean precedes(long a, long b) {
        for (Planted.Document document : ordered) {
            if (document.id() == a || document.id() == b) {
                return document.id() == a;
            }
        }
        throw new IllegalArgumentException(a + ", " + b);
    }

    private static Set<String> shingles(String text, int k) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        Set<String> shingles = new HashSet<>();
        for (int i = 0; i + k <= words.size(); i++) {
            shingles.add(String.join(" ", words.subList(i, i + k)));
        }
        if (shingles.isEmpty() && !words.isEmpty()) {
            shingles.add(String.join(" ", words));
        }
        return shingles;
    }
}
