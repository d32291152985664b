package dev.boxcar;

/**
 * The transaction handed to {@code publish} cannot hold messages atomically: a closed connection, one in auto-commit mode,
 * or one of another database. Nothing was written.
 */
public class TransactionException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With a message that says what is wrong with the transaction and what to do. */
    public TransactionException(String message) {
        super(message);
    }
}
