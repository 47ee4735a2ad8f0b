package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.ThreadRanks;
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
        HostRoom.Place wide = new HostRoom.Place(0, 1L << 40);
        assertThat(fits(
                        needed,
                        new HostRoom(new HostRoom.Place(-7, seenByTheFirst), wide),
                        new HostRoom(new HostRoom.Place(-7, 1000), wide),
                        new HostRoom(new HostRoom.Place(7, 100), wide)))
                .containsOnly(fits);
        assertThat(fits(
                        needed,
                        new HostRoom(wide, new HostRoom.Place(-7, seenByTheFirst)),
                        new HostRoom(wide, new HostRoom.Place(-7, 1000)),
                        new HostRoom(wide, new HostRoom.Place(7, 100))))
                .containsOnly(fits);
    }

    /** Two containers of 600 bytes each on a host of 1000: each has room for 480, the host for 800. */
    @ParameterizedTest
    @CsvSource({"400, 400, true", "480, 320, true", "480, 321, false", "481, 100, false"})
    void containersShareTheirHost(long first, long second, boolean fits) {
        HostRoom.Place host = new HostRoom.Place(3, 1000);
        assertThat(fits(
                        new long[] {first, second},
                        new HostRoom(host, new HostRoom.Place(1, 600)),
                        new HostRoom(host, new HostRoom.Place(2, 600))))
                .containsOnly(fits);
    }

    private static List<Boolean> fits(long[] needed, HostRoom... rooms) {
        return new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        rooms.length,
                        context -> {
                            try (HostDevice device = new HostDevice(1)) {
                                return rooms[context.rank()].fits(
                                        needed[context.rank()], context.world(), device.newQueue("test"));
                            }
                        },
                        report -> {});
    }

    @Test
    void readsWhatTheKernelSays() throws Exception {
        HostRoom here = HostRoom.current("here");
        HostRoom there = HostRoom.current("there");
        assertThat(here.host().available()).isPositive();
        assertThat(here.container().available()).isPositive();
        assertThat(HostRoom.current("here").host().name()).isEqualTo(here.host().name());
        assertThat(HostRoom.current("here").container().name())
                .isEqualTo(here.container().name());
        assertThat(there.host().name()).isNotEqualTo(here.host().name());
        assertThat(there.container().name()).isNotEqualTo(here.container().name());
    }
}
