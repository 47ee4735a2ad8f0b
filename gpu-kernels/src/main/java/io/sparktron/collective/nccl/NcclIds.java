package io.sparktron.collective.nccl;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.jnccl.JNCCL;
import io.sparktron.jnccl.ncclUniqueId;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** How the ranks of a group come to know the id of its communicator: rank 0 makes it, their hosts pass it on. */
final class NcclIds {
    private static final int WORDS = ncclUniqueId.NCCL_UNIQUE_ID_BYTES / Integer.BYTES;

    private NcclIds() {}

    /** Rank 0's new id, on every rank. */
    static ncclUniqueId exchange(Communicator host, Queue queue) {
        try (HostMemory memory = HostMemory.allocate("id", ncclUniqueId.NCCL_UNIQUE_ID_BYTES)) {
            if (host.rank() == 0) {
                ncclUniqueId id = new ncclUniqueId();
                NcclRank.check("ncclGetUniqueId", JNCCL.ncclGetUniqueId(id));
                memory.window(0).put(0, id.bytes());
            }
            host.run(new Collective.Broadcast(0, new Tensor(memory, 0, DType.INT32, Shape.of(WORDS))), queue);
            byte[] bytes = new byte[ncclUniqueId.NCCL_UNIQUE_ID_BYTES];
            memory.window(0).get(0, bytes);
            return new ncclUniqueId(bytes);
        }
    }
}
