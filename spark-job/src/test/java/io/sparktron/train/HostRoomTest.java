package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.ThreadRanks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRoomTest {
    /** Ranks 0 and 1 share one place of 1000 bytes, of which one of them sees less; rank 2 has 100 for itself. Four fifths may be planned for. */
    @ParameterizedTest
    @CsvSource({
        "1000, 400, 400, 80, true",
        "1000, 400, 401, 80, false",
        "1000, 800, 0, 81, false",
        "900, 400, 320, 80, true",
        "900, 400, 321, 80, false",
        "1000, 9223372036854775807, 0, 0, false",
    })
    void allRanksOfAPlaceMustFitAtOnceAndAllRanksHearTheSame(
            long seenByTheFirst, long first, long second, long third, boolean fits) {
        long[] needed = {first, second, third};
        HostRoom[] rooms = {new HostRoom(-7, seenByTheFirst), new HostRoom(-7, 1000), new HostRoom(7, 100)};
        List<Boolean> answers = new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        3,
                        context -> {
                            try (HostDevice device = new HostDevice(1)) {
                                return rooms[context.rank()].fits(
                                        needed[context.rank()], context.world(), device.newQueue("test"));
                            }
                        },
                        report -> {});
        assertThat(answers).containsOnly(fits);
    }

    @Test
    void readsWhatTheKernelSays() throws Exception {
        assertThat(HostRoom.available(List.of("MemTotal: 9 kB", "MemAvailable:   17000000 kB")))
                .isEqualTo(17_000_000L * 1024);
        assertThatThrownBy(() -> HostRoom.available(List.of("MemTotal: 9 kB")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("MemAvailable");
        assertThat(HostRoom.current("here").available()).isPositive();
        assertThat(HostRoom.current("here").place())
                .isEqualTo(HostRoom.current("here").place());
        assertThat(HostRoom.current("there").place())
                .isNotEqualTo(HostRoom.current("here").place());
    }
}
