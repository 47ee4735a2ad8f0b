package io.sparktron.collective.nccl;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Reduction;
import io.sparktron.jnccl.JNCCL;
import io.sparktron.jnccl.ncclComm;
import io.sparktron.jnccl.ncclDataType;
import io.sparktron.jnccl.ncclRedOp;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;

/** Collectives as calls of NCCL. */
final class NcclCalls {
    private NcclCalls() {}

    /**
     * Enqueues a collective.
     *
     * @param token one INT32 of the device, for a barrier
     * @return the result of the call
     */
    static int enqueue(Collective operation, Tensor token, ncclComm comm, long stream) {
        if (operation instanceof Collective.AllReduce all) {
            Tensor x = all.tensor();
            return JNCCL.ncclAllReduce(
                    x.address(), x.address(), x.elements(), type(x), reduction(all.reduction()), comm, stream);
        }
        if (operation instanceof Collective.ReduceScatter scatter) {
            Tensor part = scatter.output();
            return JNCCL.ncclReduceScatter(
                    scatter.input().address(),
                    part.address(),
                    part.elements(),
                    type(part),
                    reduction(scatter.reduction()),
                    comm,
                    stream);
        }
        if (operation instanceof Collective.AllGather gather) {
            Tensor part = gather.input();
            return JNCCL.ncclAllGather(
                    part.address(), gather.output().address(), part.elements(), type(part), comm, stream);
        }
        if (operation instanceof Collective.Broadcast broadcast) {
            Tensor x = broadcast.tensor();
            return JNCCL.ncclBroadcast(x.address(), x.address(), x.elements(), type(x), broadcast.root(), comm, stream);
        }
        return JNCCL.ncclAllReduce(token.address(), token.address(), 1, type(token), ncclRedOp.ncclSum, comm, stream);
    }

    private static int reduction(Reduction reduction) {
        return reduction == Reduction.SUM ? ncclRedOp.ncclSum : ncclRedOp.ncclMax;
    }

    private static int type(Tensor tensor) {
        return type(tensor.type());
    }

    private static int type(DType type) {
        return switch (type) {
            case FLOAT64 -> ncclDataType.ncclFloat64;
            case FLOAT32 -> ncclDataType.ncclFloat32;
            case BFLOAT16 -> ncclDataType.ncclBfloat16;
            case FLOAT16 -> ncclDataType.ncclFloat16;
            case INT64 -> ncclDataType.ncclInt64;
            case INT32 -> ncclDataType.ncclInt32;
        };
    }
}
