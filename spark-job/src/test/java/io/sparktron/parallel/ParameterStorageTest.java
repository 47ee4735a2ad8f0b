package io.sparktron.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Optimization;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterStorageTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 40, 4, 13, 15, 67);

    @Test
    void parametersStartOnChunksInReverseOrderOfTheForwardPass() {
        List<List<ParameterSpec>> buckets = ModelParameters.buckets(MODEL, 2, 1);
        try (Allocations held = new Allocations()) {
            ParameterStorage storage =
                    new ParameterStorage(buckets, 1, OptimizerShare.WHOLE, DType.FLOAT32, source(held, true));
            long next = 0;
            for (Parameter parameter : storage.all()) {
                assertThat(storage.firstChunk(parameter.gradient()))
                        .as(parameter.name())
                        .isEqualTo(next);
                assertThat(parameter.gradient().offset()).isEqualTo(next * Optimization.CHUNK * Float.BYTES);
                next += ParameterStorage.chunks(parameter);
            }
            assertThat(storage.gradients().elements()).isEqualTo(next * Optimization.CHUNK);
            assertThat(storage.all().get(0).name()).isEqualTo("final_layernorm.weight");
            Tensor last = storage.buckets().get(MODEL.layers() + 1).gradients();
            Tensor first = storage.buckets().get(0).gradients();
            assertThat(last.offset()).isZero();
            assertThat(first.offset() + first.bytes())
                    .isEqualTo(storage.gradients().bytes());
        }
    }

    @Test
    void boxesOfAllRanksCoverEveryParameterOnceWhereItCounts() {
        int tensor = 4;
        for (List<ParameterSpec> bucket : ModelParameters.buckets(MODEL, tensor, 8)) {
            for (ParameterSpec spec : bucket) {
                long covered = 0;
                for (int rank = 0; rank < tensor; rank++) {
                    if (spec.placement().counts(rank)) {
                        covered += spec.placement()
                                .box(spec.global(), rank)
                                .shape()
                                .elements();
                    }
                }
                assertThat(covered).as(spec.name()).isEqualTo(spec.global().elements());
            }
        }
    }

    @Test
    void logicalElementsAreTheParametersOfTheModel() {
        long elements = ModelParameters.buckets(MODEL, 1, 1).stream()
                .flatMap(List::stream)
                .mapToLong(spec -> spec.global().elements())
                .sum();
        assertThat(elements).isEqualTo(MODEL.parameters());
    }

    @Test
    void storageForInferenceHasNoGradients() {
        List<List<ParameterSpec>> buckets = ModelParameters.buckets(MODEL, 1, 1);
        try (Allocations held = new Allocations()) {
            ParameterStorage storage =
                    new ParameterStorage(buckets, 0, OptimizerShare.WHOLE, DType.FLOAT32, source(held, false));
            assertThat(storage.all().get(0).value().address()).isNotZero();
            assertThatThrownBy(() -> storage.all().get(0).gradient().address())
                    .hasMessageContaining("not for training");
        }
    }

    private static ParameterStorage.Source source(Allocations held, boolean forTraining) {
        Allocator host = held.from(HostMemory::allocate);
        return new ParameterStorage.Source(host, host, forTraining);
    }
}
