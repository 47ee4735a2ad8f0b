package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The files that our trainers write, as Hugging Face's library understands them; make_trained.py beside trained.json tells how that was made. */
class TrainedTokenizersTest {
    @Test
    void encodesAsHuggingFaceDoesWithTheSameFiles() throws IOException {
        JsonNode fixture = fixture();
        JsonNode texts = fixture.get("texts");
        assertThat(texts).hasSizeGreaterThan(25);
        for (Map.Entry<String, Tokenizer> entry : TrainedTokenizers.all().entrySet()) {
            JsonNode expected = fixture.get(entry.getKey());
            byte[] json = entry.getValue().files().get("tokenizer.json");
            assertThat(Sha256.hex(Sha256.of(json)))
                    .as("the tokenizer.json of which the fixture was made")
                    .isEqualTo(expected.get("sha256").textValue());
            for (int i = 0; i < texts.size(); i++) {
                int[] ids = StreamSupport.stream(expected.get("ids").get(i).spliterator(), false)
                        .mapToInt(JsonNode::intValue)
                        .toArray();
                String text = texts.get(i).textValue();
                assertThat(entry.getValue().encode(text))
                        .as(entry.getKey() + ": " + text)
                        .containsExactly(ids);
                assertThat(entry.getValue().count(text)).isEqualTo(ids.length);
                String decoded =
                        expected.has("texts") ? expected.get("texts").get(i).textValue() : text;
                assertThat(entry.getValue().decode(ids)).isEqualTo(decoded);
            }
        }
    }

    private static JsonNode fixture() throws IOException {
        try (InputStream in = TrainedTokenizersTest.class.getResourceAsStream("trained.json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
