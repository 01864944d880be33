module example.com/shop/libs/words

go 1.26
