package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTrainingTest {
    @TempDir
    Path folder;

    /** The example of Sennrich et al. 2016, whose merges were made by hand; ties go to the first by text. */
    @Test
    void mergesTheMostFrequentPairFirst() {
        WordPieceVocabulary vocabulary =
                WordPieceTraining.train(Map.of("low", 5L, "lower", 2L, "newest", 6L, "widest", 3L), 100);

        assertThat(pieces(vocabulary))
                .containsExactly(
                        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", //
                        "##d", "##e", "##i", "##o", "##r", "##s", "##t", "##w", "l", "n", "w", //
                        "##es", "##est", "##ow", "low", // 9, 9, 7, 7
                        "##ew", "##ewest", "newest", // 6 each: ##e ##w before ##w ##est before n ##e
                        "##dest", "##idest", "widest", // 3 each
                        "##er", "lower"); // 2 each
    }

    @Test
    void stopsAtTheSizeThatIsAskedFor() {
        Map<String, Long> counts = counts(new Random(3), 2000);
        List<String> all = pieces(WordPieceTraining.train(counts, 600));

        assertThat(all).hasSize(600).doesNotHaveDuplicates();
        assertThat(pieces(WordPieceTraining.train(counts, 300))).isEqualTo(all.subList(0, 300));
    }

    /** The counts alone decide, not the order in which they come. */
    @Test
    void dependsOnTheCountsAlone() {
        Map<String, Long> counts = counts(new Random(5), 1000);
        List<String> words = new ArrayList<>(counts.keySet());
        Collections.shuffle(words, new Random(6));
        Map<String, Long> shuffled = new LinkedHashMap<>();
        words.forEach(word -> shuffled.put(word, counts.get(word)));

        assertThat(pieces(WordPieceTraining.train(shuffled, 400)))
                .isEqualTo(pieces(WordPieceTraining.train(counts, 400)));
    }

    /** Against the obvious way, which counts all pairs anew before each merge. */
    @Test
    void mergesAsTheObviousWayDoes() {
        for (int seed = 0; seed < 5; seed++) {
            Map<String, Long> counts = counts(new Random(seed), 300);
            assertThat(pieces(WordPieceTraining.train(counts, 200))).isEqualTo(obvious(counts, 200));
        }
    }

    @Test
    void knowsEveryWordOfItsCorpus() {
        Map<String, Long> counts = counts(new Random(8), 500);
        WordPieceTokenizer tokenizer = new WordPieceTokenizer(WordPieceTraining.train(counts, 200), false);

        for (String word : counts.keySet()) {
            assertThat(tokenizer.decode(tokenizer.encode(word))).isEqualTo(word);
        }
    }

    /** Of 64 characters the most frequent take half of the vocabulary. */
    @Test
    void leavesTheRarestCharactersOut() {
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            counts.put(String.valueOf((char) (0x4E00 + i)), 100L - i);
        }
        List<String> vocabulary = pieces(WordPieceTraining.train(counts, 35));

        assertThat(vocabulary).hasSize(5 + 15).contains("\u4e00", "\u4e0e").doesNotContain("\u4e0f");
        assertThatThrownBy(() -> WordPieceTraining.train(counts, 31))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("legal: at least 32");
    }

    @Test
    void aVocabularyFileReadsBack() throws IOException {
        WordPieceVocabulary vocabulary = WordPieceTraining.train(counts(new Random(9), 100), 100);
        Path file = folder.resolve("vocab.txt");
        Files.write(file, vocabulary.bytes());

        WordPieceVocabulary read = read(file);
        assertThat(pieces(read)).isEqualTo(pieces(vocabulary));
        assertThat(read.sha256()).isEqualTo(vocabulary.sha256());
        Files.writeString(file, "[PAD]\r\na\r\n##b");
        assertThat(pieces(read(file))).containsExactly("[PAD]", "a", "##b");
        assertThat(read(file).continues(2)).isTrue();
        assertThat(read(file).continues(1)).isFalse();
    }

    @Test
    void namesWhatIsWrongWithAVocabularyFile() throws IOException {
        Path file = folder.resolve("vocab.txt");
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("vocab.txt is missing");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("vocab.txt is empty");
        Files.write(file, "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("vocab.txt is not UTF-8");
        Files.writeString(file, "a\nb\na\n");
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 3, repeats \"a\" of line 1");
    }

    private static WordPieceVocabulary read(Path file) throws IOException {
        return WordPieceVocabulary.read(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
    }

    /** Words over a small alphabet, so that pairs repeat and overlap. */
    private static Map<String, Long> counts(Random random, int words) {
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < words; i++) {
            String word = random.ints(1 + random.nextInt(9), 'a', 'f')
                    .mapToObj(c -> String.valueOf((char) c))
                    .collect(Collectors.joining());
            counts.merge(word, 1L + random.nextInt(20), Long::sum);
        }
        return counts;
    }

    private static List<String> obvious(Map<String, Long> counts, int size) {
        Map<List<String>, Long> words = new HashMap<>();
        counts.forEach((word, count) -> words.put(
                IntStream.range(0, word.length())
                        .mapToObj(i -> (i == 0 ? "" : "##") + word.charAt(i))
                        .toList(),
                count));
        List<String> pieces = new ArrayList<>(WordPieceVocabulary.SPECIAL);
        words.keySet().stream().flatMap(List::stream).distinct().sorted().forEach(pieces::add);
        while (pieces.size() < size) {
            Map<List<String>, Long> pairs = new HashMap<>();
            words.forEach((word, count) -> {
                for (int i = 0; i + 1 < word.size(); i++) {
                    pairs.merge(List.of(word.get(i), word.get(i + 1)), count, Long::sum);
                }
            });
            List<String> best = null;
            for (List<String> pair : pairs.keySet()) {
                long count = pairs.get(pair);
                if (count >= 2
                        && (best == null
                                || count > pairs.get(best)
                                || count == pairs.get(best) && before(pair, best))) {
                    best = pair;
                }
            }
            if (best == null) {
                return pieces;
            }
            String merged = best.get(0) + best.get(1).substring(2);
            if (!pieces.contains(merged)) {
                pieces.add(merged);
            }
            Map<List<String>, Long> next = new HashMap<>();
            for (Map.Entry<List<String>, Long> word : words.entrySet()) {
                List<String> made = new ArrayList<>();
                List<String> old = word.getKey();
                for (int i = 0; i < old.size(); i++) {
                    boolean here = i + 1 < old.size()
                            && old.get(i).equals(best.get(0))
                            && old.get(i + 1).equals(best.get(1));
                    made.add(here ? merged : old.get(i));
                    i += here ? 1 : 0;
                }
                next.put(made, word.getValue());
            }
            words.clear();
            words.putAll(next);
        }
        return pieces;
    }

    private static boolean before(List<String> pair, List<String> other) {
        int left = pair.get(0).compareTo(other.get(0));
        return left < 0 || left == 0 && pair.get(1).compareTo(other.get(1)) < 0;
    }

    private static List<String> pieces(WordPieceVocabulary vocabulary) {
        return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::piece).toList();
    }
}
