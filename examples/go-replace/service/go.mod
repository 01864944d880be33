module example.com/service

go 1.26

require example.com/greetings v0.0.0

replace example.com/greetings => ../greetings
