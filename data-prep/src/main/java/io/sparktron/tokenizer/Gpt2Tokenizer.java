package io.sparktron.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The byte-level byte-pair encoding of GPT-2 (Radford et al. 2019, section 2.2): 256 bytes, 50,000 merges and end-of-text. The table is
 * OpenAI's {@code r50k_base}, as JTokkit carries it; ids equal those of OpenAI's and Hugging Face's GPT-2 tokenizers.
 */
public final class Gpt2Tokenizer implements Tokenizer {
    public static final String NAME = "gpt2";
    private static final int VOCABULARY = 50257;
    private static final int END_OF_TEXT = 50256;
    private static final byte[] END_OF_TEXT_BYTES = "<|endoftext|>".getBytes(StandardCharsets.US_ASCII);

    /** Reading the table takes a third of a second, so it is read once, at first use. */
    private static final class Table {
        static final Encoding R50K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public int endOfText() {
        return END_OF_TEXT;
    }

    @Override
    public int[] encode(String text) {
        return Table.R50K.encodeOrdinary(text).toArray();
    }

    /** The bytes of one token; those of end-of-text spell {@code <|endoftext|>}. @param id from 0 to {@link #vocabulary} - 1 */
    public byte[] bytes(int id) {
        return id == END_OF_TEXT ? END_OF_TEXT_BYTES.clone() : ordinaryBytes(new int[] {id}, 0, 1);
    }

    /** {@inheritDoc} The end-of-text id becomes {@code <|endoftext|>}. */
    @Override
    public String decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * ids.length);
        int from = 0;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= VOCABULARY) {
                throw new IllegalArgumentException(
                        "Token " + i + " is " + ids[i] + "; legal: 0 to " + (VOCABULARY - 1) + " (" + NAME + ")");
            }
            if (ids[i] == END_OF_TEXT) {
                bytes.writeBytes(ordinaryBytes(ids, from, i));
                bytes.writeBytes(END_OF_TEXT_BYTES);
                from = i + 1;
            }
        }
        bytes.writeBytes(ordinaryBytes(ids, from, ids.length));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static byte[] ordinaryBytes(int[] ids, int from, int to) {
        IntArrayList list = new IntArrayList(to - from);
        Arrays.stream(ids, from, to).forEach(list::add);
        return Table.R50K.decodeBytes(list);
    }
}
