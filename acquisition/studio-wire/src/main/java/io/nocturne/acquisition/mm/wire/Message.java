package io.nocturne.acquisition.mm.wire;

/** Types of messages, by their number on the wire. */
public enum Message {
    HELLO(1),
    WELCOME(2),
    STREAM(3),
    FRAME(4),
    RESTORED(5),
    END(6);

    private final int code;

    Message(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Message of(int code) throws WireException {
        for (Message message : values()) {
            if (message.code == code) {
                return message;
            }
        }
        throw new WireException("There is no message of type " + code + " in version " + WireWriter.VERSION);
    }
}
