package io.sparktron.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.Optimization;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each rank of a data group owns of a bucket. */
class ShardedStorageTest {
    /** Word embeddings of 67 x 139 elements, more than two chunks; a bucket of the final norm has two. */
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 139, 1, 13, 15, 67);

    @ParameterizedTest(name = "{0} ranks, {1}")
    @CsvSource({"1, FLOAT32", "2, FLOAT32", "3, FLOAT32", "4, BFLOAT16", "5, FLOAT16", "64, FLOAT32"})
    void rangesStartOnChunksAndCoverEveryParameterOnce(int ranks, DType compute) {
        List<List<ParameterSpec>> buckets = ModelParameters.buckets(MODEL, 1, 8);
        try (Allocations held = new Allocations()) {
            List<ParameterStorage> all = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                Allocator host = held.from(HostMemory::allocate);
                all.add(new ParameterStorage(
                        buckets,
                        0,
                        new OptimizerShare(rank, ranks),
                        compute,
                        new ParameterStorage.Source(host, host, true)));
            }
            for (int bucket = 0; bucket < buckets.size(); bucket++) {
                for (int rank = 0; rank < ranks; rank++) {
                    Bucket ours = all.get(rank).buckets().get(bucket);
                    assertThat(ours.owned()).isPositive();
                    assertThat(ours.owned() % Optimization.CHUNK).isZero();
                    assertThat(ours.owned() * ranks).isEqualTo(ours.gradients().elements());
                    assertThat(ours.first()).isEqualTo(rank * ours.owned());
                    assertThat(ours.values().type()).isEqualTo(compute);
                }
            }
            for (List<ParameterSpec> bucket : buckets) {
                bucket.forEach(spec -> requireCovered(spec.name(), all));
            }
        }
    }

    private static void requireCovered(String name, List<ParameterStorage> ranks) {
        long next = 0;
        long used = 0;
        for (ParameterStorage rank : ranks) {
            Parameter parameter = rank.get(name);
            OwnedPart part = parameter.owned();
            if (part.elements() == 0) {
                continue;
            }
            assertThat(part.first()).as(name).isEqualTo(next);
            next += part.elements();
            used += part.used();
            long bytes = parameter.value().type().bytes();
            assertThat(part.value().offset()).isEqualTo(parameter.value().offset() + part.first() * bytes);
            assertThat(part.gradient().offset()).isEqualTo(parameter.gradient().offset() + part.first() * Float.BYTES);
            for (Tensor kept : List.of(part.master(), part.firstMoment(), part.secondMoment())) {
                assertThat(kept.type()).isEqualTo(DType.FLOAT32);
                assertThat(kept.elements()).isEqualTo(part.elements());
            }
            assertThat(part.firstMoment().offset())
                    .isEqualTo(part.secondMoment().offset());
        }
        Parameter any = ranks.get(0).get(name);
        assertThat(next).as(name).isEqualTo(any.value().elements());
        assertThat(used).as(name).isEqualTo(any.box().elements());
    }
}
