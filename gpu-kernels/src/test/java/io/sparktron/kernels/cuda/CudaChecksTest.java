package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.check.Check;
import io.sparktron.kernels.check.Checker;
import io.sparktron.kernels.check.KernelChecks;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products, attention and updates of a GPU against the oracle in all three types, twice with the same bits, on operands that begin on a boundary and one element behind it. */
@Tag("doubles")
class CudaChecksTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void productsAttentionAndUpdates(DType type) {
        try (CudaDevice device = CudaDevice.open(0)) {
            Checker checker = new Checker(new CudaKernels(device, type));
            List<Check> checks = KernelChecks.of(type).stream()
                    .filter(check -> check.kernel().matches("(matrix|attention|optimization)\\..*"))
                    .toList();
            assertThat(checks).hasSizeGreaterThan(60);
            for (Check check : checks) {
                Outcome outcome = checker.run(check);
                assertThat(outcome.isOk()).as(outcome.toString()).isTrue();
            }
        }
    }
}
