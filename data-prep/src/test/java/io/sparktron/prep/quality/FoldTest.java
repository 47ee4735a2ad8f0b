package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.tokens.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which texts are exact duplicates. */
class FoldTest {
    private final Fold fold = new Fold();

    private void assertFolded(String text, String folded) {
        byte[] digest = Sha256.of(folded.getBytes(StandardCharsets.UTF_8));
        assertThat(fold.of(text)).as(text).isEqualTo(Arrays.copyOf(digest, 16));
    }

    @Test
    void isTheDigestOfTheFoldedText() {
        assertFolded("", "");
        assertFolded(" \n\u00A0\t", "");
        assertFolded("x", "x");
        assertFolded("  One\n\n TWO\u3000three \u2003 ", "one two three");
        assertFolded("\u00C4\u00D6\u00DC \u00DF \u0130", "\u00E4\u00F6\u00FC \u00DF i"); // one code point for one
        assertFolded("\u6211\u7231\u4F60 \uD83D\uDE00", "\u6211\u7231\u4F60 \uD83D\uDE00");
        assertFolded("\uD801\uDC00", "\uD801\uDC28"); // Deseret, beyond the basic plane
        assertFolded("a\uD800b", "a\uFFFDb");
    }

    @Test
    void longTextsGoThroughTheBufferInPieces() {
        assertFolded(
                "\u00C9a\uD83D\uDE00 ".repeat(40_000),
                "\u00E9a\uD83D\uDE00 ".repeat(40_000).strip());
        assertFolded("y" + " ".repeat(1_000_000) + "Z", "y z");
    }
}
