package io.sparktron.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of a container and of its host, by what the kernel says. */
class ControlGroupTest {
    @TempDir
    Path folder;

    @Test
    void readsTheLowestLimitOfVersionTwo() throws IOException {
        write("proc", "0::/pod/container\n");
        write("sys/pod/memory.max", "5000\n");
        write("sys/pod/container/memory.max", "max\n");
        assertThat(controlGroup()).isEqualTo(new ControlGroup("/pod", 5000));
        write("sys/pod/container/memory.max", "3000\n");
        assertThat(controlGroup()).isEqualTo(new ControlGroup("/pod/container", 3000));
        write("sys/memory.max", "2000\n");
        assertThat(controlGroup().limit()).isEqualTo(2000);
    }

    @Test
    void readsVersionOneAlsoFromInsideAContainer() throws IOException {
        write("proc", "5:devices:/\n4:memory:/docker/abc\n0::/\n");
        write("sys/memory/memory.limit_in_bytes", "7000\n"); // the container's own: it does not see /docker/abc
        assertThat(controlGroup()).isEqualTo(new ControlGroup("/", 7000));
        write("sys/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(controlGroup().limit()).isEqualTo(ControlGroup.NONE);
    }

    private ControlGroup controlGroup() throws IOException {
        return ControlGroup.of(folder.resolve("proc"), folder.resolve("sys"));
    }

    private void write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    /** The group around is nearly full, so what its own limit leaves a process does not help it. */
    @Test
    void theFullestGroupDecidesWhatIsLeft() throws IOException {
        write("proc", "0::/pod/container\n");
        write("sys/pod/memory.max", "5000\n");
        write("sys/pod/memory.current", "4900\n");
        write("sys/pod/memory.stat", "anon 3\nfile 4000\ninactive_file 600\nactive_file 7\n");
        write("sys/pod/container/memory.max", "3000\n");
        write("sys/pod/container/memory.current", "1000\n");
        assertThat(left()).isEqualTo(5000 - 4900 + 600);
        write("sys/pod/container/memory.current", "2900\n");
        assertThat(left()).isEqualTo(100);
        write("sys/pod/container/memory.max", "2800\n");
        assertThat(left()).isZero();
    }

    @Test
    void whatIsLeftOfVersionOneAndWithoutAnyLimit() throws IOException {
        write("proc", "4:memory:/docker/abc\n0::/\n");
        assertThat(left()).isEqualTo(ControlGroup.NONE);
        write("sys/memory/docker/abc/memory.limit_in_bytes", "7000\n");
        write("sys/memory/docker/abc/memory.usage_in_bytes", "6500\n");
        write("sys/memory/docker/abc/memory.stat", "inactive_file 5\ntotal_inactive_file 250\n");
        assertThat(left()).isEqualTo(750);
    }

    @Test
    void readsWhatTheHostHas() throws IOException {
        assertThat(HostMemoryInfo.available(List.of("MemTotal: 9 kB", "MemAvailable:   17000000 kB")))
                .isEqualTo(17_000_000L * 1024);
        assertThatThrownBy(() -> HostMemoryInfo.available(List.of("MemTotal: 9 kB")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("MemAvailable");
        assertThat(HostMemoryInfo.available()).isGreaterThan(1 << 20);
        assertThat(ControlGroup.left())
                .isPositive()
                .isLessThanOrEqualTo(ControlGroup.current().limit());
    }

    private long left() throws IOException {
        return ControlGroup.left(folder.resolve("proc"), folder.resolve("sys"));
    }
}
