package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program that other processes run: says what it sees of GPUs, or why it sees none, opens the first and runs a kernel. */
final class GpuProgram {
    private GpuProgram() {}

    public static void main(String[] arguments) {
        try {
            System.out.println(CudaGpus.visible().size() + " GPUs");
        } catch (CudaException e) {
            System.out.println(e.getMessage());
        }
        try (CudaDevice device = CudaDevice.open(0)) {
            System.out.println(device.description() + ", 3 + 4 = " + sum(device));
        } catch (CudaException e) {
            System.out.println(e.getMessage());
        }
    }

    private static float sum(CudaDevice device) {
        Queue queue = device.newQueue("test");
        CudaElementwise elementwise = new CudaElementwise(device);
        Tensor x = new Tensor(device.allocator().allocate("x", Float.BYTES), 0, DType.FLOAT32, Shape.of(1));
        Tensor y = new Tensor(device.allocator().allocate("y", Float.BYTES), 0, DType.FLOAT32, Shape.of(1));
        elementwise.fill(queue, x, 3);
        elementwise.fill(queue, y, 4);
        elementwise.add(queue, x, y);
        ByteBuffer result = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(y, result);
        return result.getFloat(0);
    }

    /**
     * Starts it on this JDK.
     *
     * @param environment changes of this process's; an empty value removes
     * @param temporary its folder of temporary files
     */
    static Process start(Map<String, String> environment, Path temporary) throws IOException {
        return start(GpuProgram.class, environment, temporary);
    }

    /** Starts another program. */
    static Process start(Class<?> program, Map<String, String> environment, Path temporary, String... arguments)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName());
        builder.command().addAll(List.of(arguments));
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Its lines. */
    static List<String> lines(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new AssertionError("exit code " + code + " after: " + output);
        }
        return output.lines().toList();
    }
}
