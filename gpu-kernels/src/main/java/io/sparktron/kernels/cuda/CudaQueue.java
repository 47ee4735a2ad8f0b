package io.sparktron.kernels.cuda;

import io.sparktron.kernels.cuda.Addresses.ReadableStream;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Readback;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A stream of a GPU. One thread enqueues; copies from and to the host go through pinned memory of the queue. */
public final class CudaQueue implements Queue {
    private final CudaDevice device;
    private final String name;
    private final ReadableStream stream = new ReadableStream();
    private final CudaLaunch launch;
    private final PinnedRing staging;
    /** What {@link #letFollow} records, each time anew: who waits for an event waits for what it recorded last before that call. */
    private final CUevent soFar = new CUevent();

    CudaQueue(CudaDevice device, String name) {
        this.device = device;
        this.name = name;
        device.makeCurrent();
        CudaException.check(
                JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate of " + name);
        CudaException.check(JCudaDriver.cuEventCreate(soFar, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        this.launch = new CudaLaunch(this);
        this.staging = new PinnedRing(this);
    }

    /** The queue that a kernel of a GPU was called with. */
    public static CudaQueue of(Queue queue) {
        if (queue instanceof CudaQueue cuda) {
            return cuda;
        }
        throw new IllegalArgumentException("queue " + queue.name() + " is a "
                + queue.getClass().getSimpleName() + "; kernels of a GPU take a CudaQueue");
    }

    /** The same, of one device. */
    static CudaQueue of(Queue queue, CudaDevice device) {
        CudaQueue cuda = of(queue);
        if (cuda.device != device) {
            throw new IllegalArgumentException(
                    "queue " + queue.name() + " is of " + cuda.device.name() + ", the kernel of " + device.name());
        }
        return cuda;
    }

    public CudaDevice device() {
        return device;
    }

    public CUstream stream() {
        return stream;
    }

    /** The stream's handle, as libraries in C take it. */
    public long handle() {
        return stream.handle();
    }

    CudaLaunch launch() {
        return launch;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void write(ByteBuffer source, Tensor destination) {
        requireLength(source, destination, source.remaining() == destination.bytes());
        device.makeCurrent();
        staging.write(source, destination);
    }

    @Override
    public void read(Tensor source, ByteBuffer destination) {
        requireLength(destination, source, destination.remaining() >= source.bytes());
        device.makeCurrent();
        staging.read(source, destination);
    }

    @Override
    public Readback newReadback(int bytes) {
        return new CudaReadback(this, bytes);
    }

    @Override
    public CudaCompletion mark() {
        return new CudaCompletion(this, device.events());
    }

    @Override
    public void letFollow(Queue later) {
        CudaQueue other = of(later);
        if (other == this) {
            return;
        }
        device.makeCurrent();
        record(soFar);
        other.waitFor(soFar, this);
    }

    /** Marks in {@code event} what is enqueued so far; the device's context is current. */
    void record(CUevent event) {
        int result = JCudaDriver.cuEventRecord(event, stream);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuEventRecord on queue " + name);
        }
    }

    /** What is enqueued from now on starts after what {@code event} has recorded of a queue. */
    void waitFor(CUevent event, CudaQueue recorded) {
        device.makeCurrent();
        int result = JCudaDriver.cuStreamWaitEvent(stream, event, 0);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuStreamWaitEvent of queue " + name + " for " + recorded.name);
        }
    }

    @Override
    public void awaitHost() {
        device.makeCurrent();
        int result = JCudaDriver.cuStreamSynchronize(stream);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuStreamSynchronize of queue " + name);
        }
        device.waited();
    }

    private static void requireLength(ByteBuffer buffer, Tensor tensor, boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException("a buffer with " + buffer.remaining() + " bytes remaining for the "
                    + tensor.bytes() + " of " + tensor);
        }
    }

    /** Frees the stream; what was enqueued before still runs. */
    void close() {
        staging.close();
        JCudaDriver.cuEventDestroy(soFar);
        JCudaDriver.cuStreamDestroy(stream);
        launch.close();
    }
}
