"""Answers with what serves."""

import asyncio
import signal

import tornado.web


class Index(tornado.web.RequestHandler):
    def get(self):
        self.write("tornado")


class Health(tornado.web.RequestHandler):
    def get(self):
        self.write("ok")


async def main() -> None:
    application = tornado.web.Application([("/", Index), ("/healthz", Health)])
    application.listen(8888)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())
