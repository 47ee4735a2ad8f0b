package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Gpt2TokenizerTest {
    private final Tokenizer tokenizer = Tokenizers.named("gpt2");

    @Test
    void describesGpt2() {
        assertThat(tokenizer.name()).isEqualTo("gpt2");
        assertThat(tokenizer.vocabulary()).isEqualTo(50257);
        assertThat(tokenizer.endOfText()).isEqualTo(50256);
    }

    /** Ids published with OpenAI's and Hugging Face's tokenizers. */
    @Test
    void encodesAsGpt2Does() {
        assertThat(tokenizer.encode("Hello world")).containsExactly(15496, 995);
        assertThat(tokenizer.encode("Hello, world!")).containsExactly(15496, 11, 995, 0);
        assertThat(tokenizer.encode("Hello, my dog is cute")).containsExactly(15496, 11, 616, 3290, 318, 13779);
        assertThat(tokenizer.encode("\n\n")).containsExactly(628);
        assertThat(tokenizer.encode("")).isEmpty();
    }

    @Test
    void splitsWhitespaceAsGpt2Does() {
        // A run of spaces leaves its last one to the word that follows.
        assertThat(tokenizer.encode("a   b")).containsExactly(64, 220, 220, 275);
        assertThat(tokenizer.encode("a\tb")).containsExactly(64, 197, 65);
    }

    @Test
    void takesTheNameOfASpecialTokenAsText() {
        int[] ids = tokenizer.encode("<|endoftext|>");

        assertThat(ids).hasSizeGreaterThan(1).doesNotContain(50256);
        assertThat(tokenizer.decode(ids)).isEqualTo("<|endoftext|>");
    }

    @Test
    void decodesEndOfTextBetweenDocuments() {
        assertThat(tokenizer.decode(new int[] {15496, 50256, 995})).isEqualTo("Hello<|endoftext|> world");
        assertThat(tokenizer.decode(new int[] {})).isEmpty();
    }

    @Test
    void decodesACutCharacterAsReplacement() {
        int[] ids = tokenizer.encode("\uD83E\uDD80"); // U+1F980, several byte tokens

        assertThat(ids).hasSizeGreaterThan(1);
        assertThat(tokenizer.decode(new int[] {ids[0]})).isEqualTo("\uFFFD");
    }

    @Test
    void refusesAnIdOutsideTheVocabulary() {
        assertThatThrownBy(() -> tokenizer.decode(new int[] {1, 50257}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Token 1 is 50257; legal: 0 to 50256 (gpt2)");
        assertThatThrownBy(() -> tokenizer.decode(new int[] {-1})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bringsEveryTextBack() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            String text = randomText(random, random.nextInt(200));
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.endOfText());
        }
    }

    @Test
    void bringsLongRunsBack() {
        String text = "x".repeat(100_000) + " ".repeat(100_000) + "1".repeat(100_000) + "\n".repeat(100_000);

        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void namesTheKnownTokenizers() {
        assertThatThrownBy(() -> Tokenizers.named("gpt3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("there is no tokenizer gpt3; legal: gpt2");
    }

    /** Letters, blanks, digits, signs and any other code points but surrogates. */
    private static String randomText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(6);
            int point = switch (kind) {
                case 0, 1 -> 'a' + random.nextInt(26);
                case 2 -> " \n\t\u00A0\u3000".charAt(random.nextInt(5));
                case 3 -> 0x20 + random.nextInt(0x60);
                case 4 -> 0xC0 + random.nextInt(0x2000);
                default -> 0x10000 + random.nextInt(0x10000);
            };
            text.appendCodePoint(point);
        }
        return text.toString();
    }
}
