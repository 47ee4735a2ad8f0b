package io.sparktron.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationsTest {
    private final List<String> freed = new ArrayList<>();

    @Test
    void freesTheLastFirstAndEachOnce() {
        Allocations held = new Allocations();
        held.from(Stub::new).allocate("a", 1);
        held.from(Stub::new).allocate("b", 1);
        held.close();
        held.close();
        assertThat(freed).containsExactly("b", "a");
    }

    @Test
    void oneThatCannotBeFreedDoesNotKeepTheOthers() {
        Allocations held = new Allocations();
        Allocator allocator = held.from(Stub::new);
        for (String purpose : new String[] {"a", "bad 1", "b", "bad 2"}) {
            allocator.allocate(purpose, 1);
        }
        assertThatThrownBy(held::close)
                .hasMessage("bad 2")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(freed).containsExactly("b", "a");
    }

    @Test
    void holdsNothingOfAnAllocationThatFailed() {
        Allocations held = new Allocations();
        Allocator none = held.from((purpose, bytes) -> {
            throw new OutOfDeviceMemoryException("no memory for " + purpose);
        });
        assertThatThrownBy(() -> none.allocate("a", 1)).isInstanceOf(OutOfDeviceMemoryException.class);
        held.close();
        assertThat(freed).isEmpty();
    }

    private final class Stub implements Memory {
        private final String purpose;
        private final long bytes;

        Stub(String purpose, long bytes) {
            this.purpose = purpose;
            this.bytes = bytes;
        }

        @Override
        public String purpose() {
            return purpose;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public void close() {
            if (purpose.startsWith("bad")) {
                throw new IllegalStateException(purpose);
            }
            freed.add(purpose);
        }
    }
}
