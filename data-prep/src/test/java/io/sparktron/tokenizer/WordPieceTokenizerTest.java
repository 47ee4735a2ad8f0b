package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class WordPieceTokenizerTest {
    private static final List<String> PIECES =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "dog", "##s", ",", "##");

    private final WordPieceTokenizer tokenizer = new WordPieceTokenizer(WordPieceVocabulary.of(PIECES), true);

    /** What Hugging Face's tokenizer makes of tricky texts; make_wordpiece.py beside the file tells how it was made. */
    @Test
    void cutsAsBertDoes() throws IOException {
        JsonNode fixture;
        try (InputStream in = WordPieceTokenizerTest.class.getResourceAsStream("wordpiece.json")) {
            fixture = new ObjectMapper().readTree(in);
        }
        WordPieceVocabulary vocabulary = WordPieceVocabulary.of(strings(fixture.get("vocabulary")));
        assertThat(fixture.get("cases")).hasSizeGreaterThan(30);
        for (JsonNode expected : fixture.get("cases")) {
            String text = expected.get("text").textValue();
            boolean lowerCase = expected.get("lowerCase").booleanValue();
            List<String> words = new ArrayList<>();
            new BasicTokenizer(lowerCase).split(text, words::add);
            assertThat(words).as(text).isEqualTo(strings(expected.get("words")));
            assertThat(new WordPieceTokenizer(vocabulary, lowerCase).encode(text))
                    .as(text)
                    .containsExactly(StreamSupport.stream(expected.get("ids").spliterator(), false)
                            .mapToInt(JsonNode::intValue)
                            .toArray());
        }
    }

    @Test
    void takesTheLongestPiecesFromTheStart() {
        assertThat(tokenizer.encode("Unaffable dogs, dogsx")).containsExactly(5, 6, 7, 8, 9, 10, 1);
        assertThat(tokenizer.encode("dog [CLS]")).containsExactly(8, 1, 1, 1); // brackets and letters, not special
    }

    @Test
    void decodesPiecesToWords() {
        assertThat(tokenizer.decode(new int[] {2, 5, 6, 7, 8, 9, 10, 3, 4}))
                .isEqualTo("[CLS] unaffable dogs , [SEP] [MASK]");
        assertThat(tokenizer.decode(new int[] {9, 8, 11})).isEqualTo("##s dog ##");
        assertThat(tokenizer.decode(new int[0])).isEmpty();
        assertThatThrownBy(() -> tokenizer.decode(new int[] {5, 12}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Token 1 is 12; legal: 0 to 11 (wordpiece)");
    }

    @Test
    void knowsItsSpecialPieces() {
        assertThat(tokenizer.vocabulary()).isEqualTo(12);
        assertThat(tokenizer.endOfText()).isEqualTo(3);
        assertThatThrownBy(() -> new WordPieceTokenizer(WordPieceVocabulary.of(PIECES.subList(0, 4)), true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("of 4 pieces has no [MASK]", "legal: one with [PAD], [UNK]");
    }

    @Test
    void leavesOutWordsThatCannotBeKnown() {
        List<String> words = new ArrayList<>();
        WordPieceTokenizer.words("One " + "x".repeat(101) + " Two", true, words::add);

        assertThat(words).containsExactly("one", "two");
    }

    @Test
    void servesManyThreads() {
        int[] expected = tokenizer.encode("Unaffable dogs");
        assertThat(IntStream.range(0, 1000).parallel().mapToObj(i -> tokenizer.encode("Unaffable dogs")))
                .allMatch(ids -> Arrays.equals(ids, expected));
    }

    private static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }
}
