/** Receivers on this machine: an HTTP server that keeps what it is sent, and a mail server that speaks as much SMTP as is needed. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What is answered from now on. */
  answer: { status: number; headers?: Record<string, string>; body?: string } | "never";
}

export async function httpReceiver(): Promise<HttpReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      const { answer } = receiver;
      if (answer !== "never") response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: { status: 204 },
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}

export interface MailReceiver extends AsyncDisposable {
  readonly port: number;
  /** Whole messages, with their envelopes. */
  readonly mails: { readonly from: string; readonly to: string[]; readonly data: string }[];
  /** User name and password as they came. */
  readonly logins: string[];
  /** Answered to AUTH; 235 lets everybody in. */
  login: string;
}

export async function mailReceiver(): Promise<MailReceiver> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.setEncoding("utf8"));
    socket.on("error", () => undefined);
    converse(socket, receiver);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: MailReceiver = {
    port: (server.address() as AddressInfo).port,
    mails: [],
    logins: [],
    login: "235 2.7.0 welcome",
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}

function converse(socket: Socket, receiver: MailReceiver): void {
  let text = "";
  let mail = { from: "", to: [] as string[], data: "" };
  let inData = false;
  const say = (line: string) => void socket.write(`${line}\r\n`);
  const heard = (line: string) => {
    const word = line.slice(0, 4).toUpperCase();
    if (word === "EHLO") return say("250-mail.test\r\n250 AUTH PLAIN");
    if (word === "AUTH") {
      receiver.logins.push(
        Buffer.from(line.split(" ")[2] ?? "", "base64")
          .toString("utf8")
          .replaceAll("\0", ":"),
      );
      return say(receiver.login);
    }
    if (word === "STAR") return say("502 no TLS here");
    if (word === "MAIL") mail.from = /<(.*)>/.exec(line)?.[1] ?? "";
    if (word === "RCPT") mail.to.push(/<(.*)>/.exec(line)?.[1] ?? "");
    if (word === "DATA") {
      inData = true;
      return say("354 go on");
    }
    if (word === "QUIT") return void socket.end("221 bye\r\n");
    say("250 ok");
  };
  say("220 mail.test ESMTP");
  socket.on("data", (piece: string) => {
    text += piece;
    for (;;) {
      const end = inData ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (inData ? 5 : 2));
      if (!inData) {
        heard(part);
        continue;
      }
      inData = false;
      receiver.mails.push({ ...mail, data: part });
      mail = { from: "", to: [], data: "" };
      say("250 taken");
    }
  });
}
