package io.sparktron.prep.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.prep.planted.PlantedDuplicates.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The planted corpus is what it claims to be. */
class PlantedCorpusTest {
    private static final int GRAM = 5;
    private static final double THRESHOLD = 0.7;

    @TempDir
    static Path folder;

    private static PlantedCorpus corpus;

    @BeforeAll
    static void plant() throws IOException {
        corpus = PlantedCorpus.in(folder);
    }

    @Test
    void pairsHaveTheSimilarityThatTheyClaim() throws IOException {
        for (Pair pair : Pair.values()) {
            String original = corpus.text(pair.original());
            String edited = corpus.text(pair.edited());
            assertThat(ExactJaccard.of(original, edited, GRAM))
                    .as(pair.name())
                    .isEqualTo(pair.similarity(), within(1e-12));
            assertThat(edited.length()).as(pair.name()).isLessThan(original.length());
        }
        assertThat(similarity("duplicates/same-1.txt", "duplicates/same-3.txt")).isEqualTo(1);
        assertThat(similarity("duplicates/twice.txt", "duplicates/thrice.txt")).isEqualTo(1);
        assertThat(similarity("duplicates/chain-a.txt", "duplicates/chain-b.txt"))
                .isEqualTo(0.8);
        assertThat(similarity("duplicates/chain-b.txt", "duplicates/chain-c.txt"))
                .isEqualTo(0.8);
        assertThat(similarity("duplicates/chain-a.txt", "duplicates/chain-c.txt"))
                .isEqualTo(350 / 550.0);
        assertThat(similarity("duplicates/star-a.txt", "duplicates/star-c.txt")).isEqualTo(350 / 550.0);
    }

    /** Brute force over all pairs of plain files. */
    @Test
    void nothingIsADuplicateThatIsNotPlanted() throws IOException {
        Map<String, Set<String>> shingles = new TreeMap<>();
        for (Planted document : corpus.planted()) {
            boolean small = !document.location().contains("giant"); // those are words in random order
            if (small && document.location().endsWith(".txt") && !"read".equals(document.stage())) {
                shingles.put(document.location(), ExactJaccard.shingles(corpus.text(document.location()), GRAM));
            }
        }
        List<String> names = new ArrayList<>(shingles.keySet());
        for (String one : names) {
            for (String other : names.subList(names.indexOf(one) + 1, names.size())) {
                boolean planted = family(one).equals(family(other));
                double similarity = ExactJaccard.of(shingles.get(one), shingles.get(other));
                assertThat(planted || similarity < 0.1)
                        .as("%s and %s: %s", one, other, similarity)
                        .isTrue();
            }
        }
    }

    private static String family(String location) {
        return location.startsWith("duplicates/") ? location.split("[-.]")[0].replace("thrice", "twice") : location;
    }

    @Test
    void everyDuplicateHasASurvivorThatIsKeptAndSimilar() throws IOException {
        int duplicates = 0;
        for (Planted document : corpus.planted()) {
            if (document.survivor() != null) {
                assertThat(corpus.at(document.survivor()).isKept())
                        .as(document.location())
                        .isTrue();
                assertThat(similarity(document.location(), document.survivor())).isGreaterThan(THRESHOLD);
                duplicates++;
            }
        }
        assertThat(duplicates).isGreaterThanOrEqualTo(9);
    }

    @Test
    void everyFileIsRecordedAndEveryRecordIsAFile() throws IOException {
        Set<String> recorded = new HashSet<>();
        for (Planted document : corpus.planted()) {
            recorded.add(document.location().replaceFirst(" at byte \\d+$", ""));
        }
        try (var files = Files.walk(corpus.corpus())) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> corpus.corpus().relativize(file).toString()))
                    .containsExactlyInAnyOrderElementsOf(recorded);
        }
        assertThat(corpus.planted().stream().map(Planted::location)).doesNotHaveDuplicates();
    }

    private static double similarity(String one, String other) throws IOException {
        return ExactJaccard.of(corpus.text(one), corpus.text(other), GRAM);
    }
}
