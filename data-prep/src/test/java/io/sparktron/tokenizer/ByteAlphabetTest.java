package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteAlphabetTest {
    @Test
    void everyByteIsSpeltOnceAndReadBack() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        String spelt = ByteAlphabet.spell(all);
        assertThat(spelt.chars().distinct()).hasSize(256);
        assertThat(spelt).doesNotContainAnyWhitespaces();
        assertThat(ByteAlphabet.bytes(spelt)).contains(all);
    }

    @Test
    void spellsAsGpt2sFilesDo() {
        assertThat(ByteAlphabet.spell(" the\n".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("ĠtheĊ");
        assertThat(ByteAlphabet.spell("é".getBytes(StandardCharsets.UTF_8))).isEqualTo("Ã©");
        assertThat(ByteAlphabet.spell(new byte[] {0, 0x7f, (byte) 0xad})).isEqualTo("ĀġŃ");
        assertThat(ByteAlphabet.bytes("a b")).isEmpty();
        assertThat(ByteAlphabet.bytes("日")).isEmpty();
    }
}
