package io.sparktron.kernels.host;

import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Ranks of a local run are threads of one process and share one OpenBLAS. */
class ConcurrentProductsTest {
    private static final int RANKS = 6;
    private static final long[][] SIZES = {{5, 7, 3}, {61, 67, 71}, {257, 129, 193}, {1, 301, 40}};

    @Test
    void productsOfConcurrentRanksHaveTheBitsOfALoneOne() throws Exception {
        List<double[]> alone = products(2);
        ExecutorService ranks = Executors.newFixedThreadPool(RANKS);
        try {
            List<Future<List<double[]>>> results = new ArrayList<>();
            for (int rank = 0; rank < RANKS; rank++) {
                results.add(ranks.submit(() -> products(20)));
            }
            for (Future<List<double[]>> result : results) {
                List<double[]> concurrent = result.get();
                for (int i = 0; i < concurrent.size(); i++) {
                    assertThat(concurrent.get(i)).isEqualTo(alone.get(i % SIZES.length));
                }
            }
        } finally {
            ranks.shutdown();
        }
    }

    private static List<double[]> products(int rounds) {
        List<double[]> results = new ArrayList<>();
        try (HostDevice device = new HostDevice(1)) {
            HostKernels kernels = new HostKernels(device);
            for (int round = 0; round < rounds; round++) {
                for (long[] size : SIZES) {
                    Tensor a = normal(1, size[0], size[2]);
                    Tensor b = normal(2, size[2], size[1]);
                    Tensor c = zeros(size[0], size[1]);
                    kernels.matrix().multiply(device.newQueue("test"), false, a, false, b, 0, c);
                    results.add(values(c));
                }
            }
        }
        return results;
    }
}
