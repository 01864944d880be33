module example.com/vendored

go 1.26

require example.com/ordinal v1.0.0
