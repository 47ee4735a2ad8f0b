package io.sparktron.prep.clean;

import static io.sparktron.prep.clean.TextNormalization.normalize;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TextNormalizationTest {
    @Test
    void bringsLineEndsToOne() {
        assertThat(normalize("a\r\nb\rc\nd\u000Be\ff\u0085g\u2028h\u2029i")).isEqualTo("a\nb\nc\nd\ne\nf\ng\nh\ni");
        assertThat(normalize("a\r\r\n\n\rb")).isEqualTo("a\n\n\n\nb");
    }

    @Test
    void removesControlCharactersButTab() {
        assertThat(normalize("a\u0000b\u0007c\u001Bd\u007Fe\u0080f\u009Fg\th")).isEqualTo("abcdefg\th");
    }

    @Test
    void removesAByteOrderMarkAtTheStartOnly() {
        assertThat(normalize("\uFEFFa\uFEFFb")).isEqualTo("a\uFEFFb");
    }

    @Test
    void composesCharacters() {
        assertThat(normalize("Zu\u0308rich")).isEqualTo("Z\u00FCrich");
        assertThat(normalize("u\u0000\u0308")).isEqualTo("\u00FC"); // neighbours once the control is gone
        assertThat(normalize("\u212B")).isEqualTo("\u00C5"); // Angstrom sign
        assertThat(normalize("\uFB01 \u00B2")).isEqualTo("\uFB01 \u00B2"); // no compatibility forms
    }

    @Test
    void stripsTheEndsAndNothingInside() {
        assertThat(normalize(" \n\t a  b\n\n c \u3000\r\n")).isEqualTo("a  b\n\n c");
        assertThat(normalize(" \r\n")).isEmpty();
    }

    @Test
    void leavesPlainTextAsItIs() {
        String text = "Plain text,\n\twith a tab.";
        assertThat(normalize(text)).isSameAs(text);
    }

    @Test
    void changesNothingTheSecondTime() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                text.appendCodePoint(
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(0xA0);
                            case 1 -> 0x300 + random.nextInt(0x70);
                            case 2 -> "\uFEFF\u2028 \r\n".charAt(random.nextInt(5));
                            default -> 'a' + random.nextInt(26);
                        });
            }
            String once = normalize(text.toString());
            assertThat(normalize(once)).isEqualTo(once);
        }
    }

    @Test
    void findsHalvesOfSurrogatePairs() {
        assertThat(TextNormalization.isWellFormed("a\uD83E\uDD80b")).isTrue();
        assertThat(TextNormalization.isWellFormed("a\uD83E")).isFalse();
        assertThat(TextNormalization.isWellFormed("\uDD80a")).isFalse();
        assertThat(TextNormalization.isWellFormed("\uD83Ea")).isFalse();
    }
}
