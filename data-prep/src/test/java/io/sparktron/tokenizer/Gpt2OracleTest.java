package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Our encoder of GPT-2 against JTokkit's, which matches the published pattern with Java's regular expressions. */
class Gpt2OracleTest {
    private static final Encoding ORACLE = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

    private final BytePairTokenizer tokenizer = Gpt2Tokenizer.get();

    @Test
    void agreesOnTheSampleCorpus() throws IOException {
        try (InputStream in = Gpt2OracleTest.class.getResourceAsStream(
                "/io/sparktron/prep/read/sample-corpus/state-of-the-union.jsonl")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).hasSizeGreaterThan(500_000);
            assertAgrees(text);
        }
    }

    @Test
    void agreesOnRandomUnicode() {
        Random random = new Random(11);
        for (int round = 0; round < 4000; round++) {
            assertAgrees(RandomTexts.next(random, random.nextInt(120)));
        }
    }

    /** Every character between letters, after a blank, after an apostrophe, and doubled. */
    @Test
    void agreesOnTheClassOfEveryCharacter() {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x30000 || c >= 0xE0000 && c < 0xE0200 ? 1 : 251) {
            text.append('a')
                    .appendCodePoint(c)
                    .append("b ")
                    .appendCodePoint(c)
                    .append("1'")
                    .appendCodePoint(c);
            text.appendCodePoint(c).append("\n ").appendCodePoint(c);
            if (text.length() > 4000) {
                assertAgrees(text.toString());
                text.setLength(0);
            }
        }
        assertAgrees(text.toString());
    }

    /** All texts of up to five characters that the pattern treats apart. */
    @Test
    void agreesOnEveryShortText() {
        String[] alphabet = {"'", "s", "l", "e", "v", " ", "\n", "7", "!", "\uD83D\uDE00"};
        List<String> texts = new ArrayList<>(List.of(""));
        for (int from = 0, length = 1; length <= 5; length++) {
            int to = texts.size();
            for (; from < to; from++) {
                for (String letter : alphabet) {
                    texts.add(texts.get(from) + letter);
                }
            }
        }
        assertThat(texts).hasSize(111_111);
        texts.forEach(this::assertAgrees);
    }

    @Test
    void agreesOnGiantWords() {
        Random random = new Random(5);
        StringBuilder letters = new StringBuilder();
        StringBuilder signs = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            letters.appendCodePoint('a' + random.nextInt(i % 3 == 0 ? 3 : 26));
            signs.append("=-_.*".charAt(random.nextInt(5)));
        }
        assertAgrees(letters + " " + signs + " ".repeat(20_000) + "0".repeat(20_000) + "\u4E2D".repeat(5_000));
    }

    /** Far too long for a search through all pairs after each merge; 1 MB is encoded in parts to have something to compare with. */
    @Test
    void encodesAMegabyteWithoutABlank() {
        String word = "abcdefgh".repeat(1 << 17);

        int[] ids = tokenizer.encode(word);
        int[] once = tokenizer.encode("abcdefgh".repeat(1 << 10));
        assertThat(tokenizer.decode(ids)).isEqualTo(word);
        assertThat(ids).hasSizeBetween(127 * once.length, 128 * once.length);
        assertThat(Arrays.copyOf(ids, once.length / 2)).containsExactly(Arrays.copyOf(once, once.length / 2));
        assertThat(tokenizer.encode(" ".repeat(1 << 20)))
                .hasSize(ORACLE.countTokensOrdinary(" ".repeat(1 << 10)) << 10);
    }

    @Test
    void knowsTheBytesOfEveryToken() {
        for (int id = 0; id < 50_256; id++) {
            IntArrayList one = new IntArrayList(1);
            one.add(id);
            assertThat(tokenizer.bytes(id)).isEqualTo(ORACLE.decodeBytes(one));
            byte[] bytes = tokenizer.bytes(id);
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
                assertAgrees(text);
            }
        }
    }

    @Test
    void servesManyThreads() {
        Random random = new Random(3);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            texts.add(RandomTexts.next(random, 300));
        }
        List<int[]> expected = texts.stream()
                .map(text -> ORACLE.encodeOrdinary(text).toArray())
                .toList();
        assertThat(IntStream.range(0, 20 * texts.size())
                        .parallel()
                        .filter(i -> !Arrays.equals(
                                tokenizer.encode(texts.get(i % texts.size())), expected.get(i % texts.size()))))
                .isEmpty();
    }

    private void assertAgrees(String text) {
        int[] expected = ORACLE.encodeOrdinary(text).toArray();
        if (!Arrays.equals(tokenizer.encode(text), expected)) { // a message for each of so many texts takes too long
            assertThat(tokenizer.encode(text)).as(text).containsExactly(expected);
        }
        assertThat(tokenizer.count(text)).isEqualTo(expected.length);
    }
}
