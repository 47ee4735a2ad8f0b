package io.sparktron.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    @Test
    void printsJsonThatReadsBackToTheSameBits() throws Exception {
        Evaluation evaluation = new Evaluation(5.998242385695734, 11_584);
        JsonNode json = new ObjectMapper().readTree(evaluation.json());
        assertThat(json.get("loss").asDouble()).isEqualTo(evaluation.loss());
        assertThat(json.get("perplexity").asDouble()).isEqualTo(StrictMath.exp(evaluation.loss()));
        assertThat(json.get("targets").asLong()).isEqualTo(11_584);
    }

    @Test
    void aNumberThatIsNotFiniteIsNull() throws Exception {
        JsonNode json = new ObjectMapper().readTree(new Evaluation(800, 1).json());
        assertThat(json.get("loss").asDouble()).isEqualTo(800);
        assertThat(json.get("perplexity").isNull()).isTrue();
        assertThat(new ObjectMapper()
                        .readTree(new Evaluation(Double.NaN, 1).json())
                        .get("loss")
                        .isNull())
                .isTrue();
    }
}
