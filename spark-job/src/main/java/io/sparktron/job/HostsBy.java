package io.sparktron.job;

import io.sparktron.collective.HostIdentity;

/** What makes two ranks count as running on one host. */
public enum HostsBy {
    /** One running kernel and one view of its processes: the ranks that can share memory. */
    KERNEL,
    /** Besides, the address at which Spark knows the executor: so that Workers of one machine count as hosts, to try what crosses hosts. */
    ADDRESS;

    /**
     * The host of this process.
     *
     * @param sparkHost name or address of the executor, as Spark knows it
     */
    HostIdentity identity(String sparkHost) {
        HostIdentity kernel = HostIdentity.current();
        return this == KERNEL
                ? kernel
                : new HostIdentity(kernel.boot(), kernel.processes() + "@" + sparkHost, sparkHost);
    }
}
