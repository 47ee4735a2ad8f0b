package io.sparktron.collective;

/** A rank of this host, seen through its board. */
record LocalPeer(Member member, Board board) implements Peer {
    @Override
    public long progress() {
        return board.progress();
    }

    @Override
    public int waitsFor() {
        return board.waitsFor();
    }

    @Override
    public String lost() {
        return member.alive() || board.hasLeft() ? null : "died";
    }

    @Override
    public boolean hasLeft() {
        return board.hasLeft();
    }

    @Override
    public String remark() {
        return "";
    }
}
