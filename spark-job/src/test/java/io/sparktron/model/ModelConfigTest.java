package io.sparktron.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import org.junit.jupiter.api.Test;

class ModelConfigTest {
    @Test
    void countsTheParametersOfGpt2() { // Radford et al.'s smallest: 124,439,808
        assertThat(ModelConfig.gpt(12, 768, 12, 1024, 1024, 50_257).parameters())
                .isEqualTo(124_439_808L);
    }

    @Test
    void countsBeyondTheRangeOfAnInt() {
        ModelConfig large = ModelConfig.gpt(96, 12_288, 96, 2048, 2048, 50_257);
        assertThat(large.parameters())
                .isEqualTo(96L * (12L * 12_288 * 12_288 + 13L * 12_288) + (50_257L + 2048 + 2) * 12_288);
    }

    @Test
    void countsTheOperationsOfTraining() { // 72 l h^2 + 12 l h s + 6 h V for each token
        assertThat(ModelConfig.gpt(2, 3, 1, 5, 5, 7).trainingOperations(10)).isEqualTo(10.0 * (1296 + 360 + 126));
    }

    @Test
    void namesTheKeyThatIsNotLegal() {
        assertRefused(0, 4, 2, 5, 5, 7, "model.layers = 0");
        assertRefused(1, -4, 2, 5, 5, 7, "model.hidden = -4");
        assertRefused(1, 4, 0, 5, 5, 7, "model.heads = 0");
        assertRefused(1, 4, 3, 5, 5, 7, "model.heads = 3 does not divide model.hidden = 4");
        assertRefused(1, 4, 2, 0, 5, 7, "model.sequence = 0");
        assertRefused(1, 4, 2, 5, 4, 7, "model.positions = 4 is less than model.sequence = 5");
        assertRefused(1, 4, 2, 5, 5, 0, "model.vocabulary = 0");
        assertThatThrownBy(() -> ModelConfig.gpt(1, 8, 4, 5, 5, 3).requireDivisible(new Layout(4, 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("parallel.tensor = 4");
    }

    private static void assertRefused(
            int layers, int hidden, int heads, int sequence, int positions, int vocabulary, String part) {
        assertThatThrownBy(() -> ModelConfig.gpt(layers, hidden, heads, sequence, positions, vocabulary))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(part);
    }
}
