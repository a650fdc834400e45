/**
 * Says what waited on sockets at a moment: nobody can read them empty, but what waited is handed over
 * within the next turn of the event loop (spec totem 13.3, 23).
 */
export class PendingDiscard {
  active = false;

  start(): void {
    this.active = true;
    setImmediate(() =>
      setImmediate(() => {
        this.active = false;
      }),
    );
  }
}
