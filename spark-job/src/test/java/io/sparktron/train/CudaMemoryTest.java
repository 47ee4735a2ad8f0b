package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is planned for a rank on a GPU, without one, is what its trainer then has on it. */
@Tag("doubles")
@Timeout(60)
class CudaMemoryTest {
    @ParameterizedTest
    @CsvSource({
        "FP32, 2, 1, 6, 0",
        "FP32, 1, 1, 6, 0.1",
        "BF16, 1, 2, 6, 0",
        "BF16, 1, 1, 64, 0.1",
        "FP16, 2, 1, 64, 0",
        "FP16, 1, 1, 96, 0.1",
        "BF16, 2, 1, 128, 0"
    })
    void isWhatATrainerHolds(Precision precision, int tensor, int data, int headSize, double dropout) {
        ModelConfig model = ModelConfig.gpt(2, 2 * headSize, 2, 9, 9, 131);
        Layout layout = new Layout(tensor, data);
        TrainingConfig training = new TrainingConfig(
                        1,
                        2,
                        2 * data,
                        5,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                        new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0),
                        BatchRamp.NONE,
                        dropout,
                        Recompute.NONE)
                .in(precision, precision == Precision.FP16 ? new LossScaling(1024, 1000, 2, 1) : LossScaling.NONE);
        TrainingMemory planned =
                TrainingMemory.of(model, layout, 2, training.mode(), precision.type(), DeviceConfig.Kind.CUDA);
        List<Long> held = OnGpus.run(layout, precision, on -> {
            try (Trainer trainer = new Trainer(on, model, training)) {
                return trainer.heldBytes();
            }
        });
        assertThat(held.get(0)).isEqualTo(planned.onDevice());
        assertThat(held).allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(planned.onDevice()));
    }
}
