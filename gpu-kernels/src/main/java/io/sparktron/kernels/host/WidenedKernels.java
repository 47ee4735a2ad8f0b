package io.sparktron.kernels.host;

import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.InterceptedKernels.Call;
import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * 16-bit operands for a backend of the host that computes in float32: each is widened to scratch memory, the kernel runs on that, and what it made is rounded back to
 * nearest even. So a product of 16-bit matrices accumulates in float32, and an output is rounded once. It is made to be right, not fast: every 16-bit operand of a
 * call is read and written once more, an input too, which the way there and back leaves as it was.
 *
 * <p>Operands at one address are one operand still, whatever their shapes; operands that overlap in part are refused.
 */
public final class WidenedKernels {
    /** What takes all types as they are. */
    private static final List<String> CASTS = List.of("copy", "fill", "adamW");

    private final Elementwise elementwise;
    private final WidenedDevice device;

    private WidenedKernels(Kernels kernels, WidenedDevice device) {
        this.elementwise = kernels.elementwise();
        this.device = device;
    }

    /**
     * Decorates a backend whose queues run at once; its device's {@code close} also frees the scratch memory.
     *
     * @throws IllegalArgumentException if its queues do not run at once: scratch memory serves one call after the other
     */
    public static Kernels over(Kernels host) {
        if (!(host.device() instanceof HostDevice hostDevice)) {
            throw new IllegalArgumentException("the kernels of " + host.device().description()
                    + " cannot be widened; legal: those of a HostDevice, which are done when a call returns");
        }
        WidenedDevice device = new WidenedDevice(hostDevice);
        WidenedKernels widened = new WidenedKernels(host, device);
        return new InterceptedKernels(host, device, widened::run);
    }

    /** Bytes of scratch memory that a call needs at most on such a backend, which holds as much as the largest call did; 0 on any other. */
    public static long scratchBytes(Device device, Call kernel) {
        if (!(device instanceof WidenedDevice) || CASTS.contains(kernel.name())) {
            return 0;
        }
        List<Tensor> halves = new ArrayList<>();
        for (Object argument : kernel.arguments()) {
            if (argument instanceof Tensor tensor
                    && Halves.isHalf(tensor)
                    && halves.stream().noneMatch(half -> isSame(half, tensor))) {
                halves.add(tensor);
            }
        }
        return WidenedDevice.scratchBytes(halves);
    }

    /** Whether both are one operand; without addresses, which planned memory does not have. */
    private static boolean isSame(Tensor one, Tensor other) {
        return one.memory() == other.memory() && one.offset() == other.offset() && one.elements() == other.elements();
    }

    private void run(Queue queue, Call kernel) {
        Object[] arguments = kernel.arguments();
        List<Tensor> halves = CASTS.contains(kernel.name()) ? List.of() : halves(arguments);
        if (halves.isEmpty()) {
            kernel.accept(queue);
            return;
        }
        Frame frame = device.scratch(halves);
        List<Tensor> wide = new ArrayList<>();
        for (Tensor half : halves) {
            Tensor widened = frame.take(DType.FLOAT32, half.shape().toArray());
            elementwise.copy(queue, half, widened);
            wide.add(widened);
        }
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensor tensor && Halves.isHalf(tensor)) {
                arguments[i] = wide.get(indexOf(halves, tensor)).view(tensor.shape());
            }
        }
        kernel.accept(queue, arguments);
        for (int i = 0; i < wide.size(); i++) {
            elementwise.copy(queue, wide.get(i), halves.get(i));
        }
    }

    /** The different 16-bit operands of a call. */
    private static List<Tensor> halves(Object[] arguments) {
        List<Tensor> halves = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof Tensor tensor && Halves.isHalf(tensor) && indexOf(halves, tensor) < 0) {
                halves.add(tensor);
            }
        }
        return halves;
    }

    /** Which of the operands a tensor is, or -1. */
    private static int indexOf(List<Tensor> halves, Tensor tensor) {
        for (int i = 0; i < halves.size(); i++) {
            Tensor half = halves.get(i);
            boolean same = half.address() == tensor.address()
                    && half.elements() == tensor.elements()
                    && half.type() == tensor.type();
            if (same) {
                return i;
            }
            if (half.address() < tensor.address() + tensor.bytes()
                    && tensor.address() < half.address() + half.bytes()) {
                throw new IllegalArgumentException(
                        tensor + " overlaps " + half + " in part; 16-bit operands of a call are equal or apart");
            }
        }
        return -1;
    }
}
